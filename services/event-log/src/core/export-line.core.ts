/** What closes an own export: without it, or with another count or hash, a file is refused. */
export interface ExportLine {
  format: 'pmm.v1';
  mind: string;
  events: number;
  headHash: string | null;
}

export const exportLine = (line: Omit<ExportLine, 'format'>): string =>
  JSON.stringify({
    export: { format: 'pmm.v1', mind: line.mind, events: line.events, headHash: line.headHash },
  } satisfies { export: ExportLine });
