import { execa } from "execa";

/** Whether this process may run others as another user. Otherwise, what another user sees cannot be tried. */
export const canBecomeOthers = process.getuid?.() === 0;

/** `nobody`, on every Linux. */
const nobody = 65534;

/**
 * Runs a function, which must use nothing from around it, as another user of this machine in a process of its own, and
 * returns what it returned.
 */
export async function asNobody<Argument, Result>(
  work: (argument: Argument) => Promise<Result>,
  argument: Argument,
): Promise<Result> {
  const program = `(${work.toString()})(${JSON.stringify(argument)}).then((result) => console.log(JSON.stringify(result)))`;
  const become = [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
  const { stdout } = await execa("setpriv", [...become, process.execPath, "--input-type=commonjs"], {
    // Neither this user's working directory nor its environment is the other one's.
    cwd: "/",
    env: { PATH: process.env.PATH },
    extendEnv: false,
    input: program,
  });
  return JSON.parse(stdout) as Result;
}
