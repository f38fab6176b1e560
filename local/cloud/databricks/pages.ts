import { invalidParameter } from "./errors";

export interface Page<T> {
  items: T[];
  /** Where the next page starts; absent on the last one. */
  next_page_token?: string;
  /** Where the page before starts; absent on the first one. */
  prev_page_token?: string;
}

/** One page of a list that does not change while it is read. Tokens are opaque to clients: they hold an offset. */
export function pageOf<T>(all: T[], size: number, token: string | undefined, offset = 0): Page<T> {
  const start = token ? offsetOf(token) : offset;
  return {
    items: all.slice(start, start + size),
    ...(start + size < all.length && { next_page_token: tokenOf(start + size) }),
    ...(start > 0 && { prev_page_token: tokenOf(Math.max(0, start - size)) }),
  };
}

const tokenOf = (offset: number) => Buffer.from(`offset:${offset}`).toString("base64url");

function offsetOf(token: string): number {
  const match = /^offset:(\d{1,15})$/.exec(Buffer.from(token, "base64url").toString());
  if (!match) throw invalidParameter("Invalid `page_token`; use the `next_page_token` of the page before");
  return Number(match[1]);
}
