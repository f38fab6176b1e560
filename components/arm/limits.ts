/** For how many minutes `ArmClient` follows what goes on after a call, before it says what Azure was not done with. */
export const followMinutes = 60;

/**
 * The engine's time-out, as in `customTimeouts`, of a script that makes some calls that may go on, one after the other.
 * Ten minutes are for its other calls and what it tries again. The script gives up first, so that its words are read,
 * which name the call, and not the engine's, which tell nothing.
 */
export const timeoutOf = (calls: number) => `${calls * followMinutes + 10}m`;
