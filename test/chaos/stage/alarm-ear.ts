import { connect, type NatsConnection } from 'nats';

export interface HeardAlarm {
  subject: string;
  atMs: number;
  alarm: Record<string, unknown>;
}

export interface HeardBatch {
  subject: string;
  data: Uint8Array;
}

const KEPT_BATCHES = 400;

/** A plain NATS client beside the system: hears alarms, and remembers the latest batches for those who repeat them. */
export class AlarmEar {
  readonly alarms: HeardAlarm[] = [];
  readonly batches: HeardBatch[] = [];

  private constructor(readonly nc: NatsConnection) {}

  static async on(url: string): Promise<AlarmEar> {
    const nc = await connect({
      servers: url,
      name: 'chaos-ear',
      maxReconnectAttempts: -1,
      reconnectTimeWait: 200,
      waitOnFirstConnect: true,
    });
    const ear = new AlarmEar(nc);
    ear.#listen();
    await nc.flush();
    return ear;
  }

  #listen(): void {
    this.nc.subscribe('pmm.v1.alarm.*', {
      callback: (error, { subject, data }) => {
        if (error) throw error;
        const alarm = JSON.parse(Buffer.from(data).toString()) as Record<string, unknown>;
        this.alarms.push({ subject, atMs: Date.now(), alarm });
      },
    });
    this.nc.subscribe('pmm.v1.batch.*.*', {
      callback: (error, { subject, data }) => {
        if (error) throw error;
        this.batches.push({ subject, data: Uint8Array.from(data) });
        if (this.batches.length > KEPT_BATCHES) this.batches.shift();
      },
    });
  }

  /** Says something only while there is a connection. */
  publish(subject: string, data: Uint8Array): void {
    if (!this.nc.isClosed()) this.nc.publish(subject, data);
  }

  close(): Promise<void> {
    return this.nc.close();
  }
}
