/** What a handler throws to answer with an error; each service renders it in its own protocol's shape. */
export class HttpError extends Error {
  /** Set where the real service has what was asked for and the twin has not; a text names the part of the call. */
  unsupported: boolean | string = false;

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
    this.name = "HttpError";
  }
}

/** Marks an error as one that the real service would not have answered: the twin lacks what was asked for. */
export function unsupported<T extends HttpError>(error: T, part: boolean | string = true): T {
  error.unsupported = part;
  return error;
}
