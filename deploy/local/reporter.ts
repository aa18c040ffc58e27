import type { ProcessReport } from './process-plan';

/** Addresses and process numbers of a system that is ready. */
export interface Ready {
  http: string;
  nats: string;
  /** With its password. */
  postgres: string;
  pids: Record<string, number>;
  /** From the first step to here. */
  seconds: number;
}

/** Tells what happens: to a person in lines, or to a program in JSON lines. */
export interface Reporter {
  step(name: string, text: string): void;
  process(report: ProcessReport): void;
  ready(ready: Ready): void;
  failed(message: string): void;
}

export type Print = (line: string) => void;

/** One line per step; a service's own coming and going only when it is not part of the start. */
export function lineReporter(print: Print): Reporter {
  return {
    step: (_name, text) => print(text),
    process: (report) => {
      const line = lineOf(report);
      if (line !== undefined) print(line);
    },
    ready: ({ http, seconds }) => print(`ready  ${http}  (${seconds.toFixed(1)} s)`),
    failed: (message) => print(message),
  };
}

function lineOf(report: ProcessReport): string | undefined {
  switch (report.state) {
    case 'ended':
      return `${report.name} ${report.reason}, it starts again in ${report.restartInMs / 1000} s`;
    case 'ready':
      return report.again ? `${report.name} is back (process ${report.pid})` : undefined;
    case 'stopped':
      return undefined;
  }
}

/** `{ step, text }`, `{ process }`, `{ ready: true, http, nats, postgres, pids, seconds }`, `{ error }`. */
export function jsonReporter(print: Print): Reporter {
  const put = (value: object) => print(JSON.stringify(value));
  return {
    step: (step, text) => put({ step, text }),
    process: (report) => put({ process: report }),
    ready: (ready) => put({ ready: true, ...ready }),
    failed: (error) => put({ error }),
  };
}
