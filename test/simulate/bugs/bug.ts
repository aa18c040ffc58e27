/** A fault planted into the code under test, from outside of it, to see whether a run finds it. */
export interface Bug {
  name: string;
  /** What it does, for people. */
  about: string;
  /** Plants it. Gives what takes it out again. */
  plant(): () => void;
}
