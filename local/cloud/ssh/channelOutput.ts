import { Writable } from "node:stream";
import type { ServerChannel } from "ssh2";

/** What ssh2 1.17 keeps of a write that waits for the client's window (lib/Channel.js). */
interface Waiting {
  _chunk?: Buffer;
  _chunkcb?: () => void;
  _chunkErr?: Buffer;
  _chunkcbErr?: () => void;
}

/**
 * A channel's standard output and error as two streams of which one writes at a time.
 *
 * Both share the client's window. ssh2 resumes only one of them when the window grows again, and never forgets the one
 * that it resumed last: a command with much of both would hang, or send some of it twice.
 */
export function channelOutput(channel: ServerChannel): { stdout: Writable; stderr: Writable } {
  let turn = Promise.resolve();
  const inTurn = (target: Writable) =>
    new Writable({
      write(data, _encoding, done) {
        turn = turn.then(() => new Promise<void>((sent) => target.write(data, () => sent())));
        void turn.then(() => {
          Object.assign(channel, {
            _chunk: undefined,
            _chunkcb: undefined,
            _chunkErr: undefined,
            _chunkcbErr: undefined,
          } satisfies Waiting);
          done();
        });
      },
    });
  return { stdout: inTurn(channel), stderr: inTurn(channel.stderr) };
}
