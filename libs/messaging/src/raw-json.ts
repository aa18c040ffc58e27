/** JSON text that is sent as it is: a reply that was serialised already. */
export class RawJson {
  constructor(readonly text: string) {}
}
