/** A hashtag in a text; positions count code points, as X's do, and include the #. */
export interface Hashtag {
  start: number;
  end: number;
  tag: string;
}

const hashtag = /(?<![\p{L}\p{M}\p{N}_&])[#＃]([\p{L}\p{M}\p{N}_]*\p{L}[\p{L}\p{M}\p{N}_]*)/gu;
const token = /[\p{L}\p{M}\p{N}_]+|\p{Extended_Pictographic}/gu;

/** The hashtags of a text, in order. A # before digits alone is none. */
export function hashtagsIn(text: string): Hashtag[] {
  return [...text.matchAll(hashtag)].map((match) => {
    const start = [...text.slice(0, match.index)].length;
    const tag = match[1] ?? "";
    return { start, end: start + [...tag].length + 1, tag };
  });
}

/** The words of a text, lower case: X splits at blanks, punctuation and symbols. */
export function tokensIn(text: string): string[] {
  return text.toLowerCase().match(token) ?? [];
}

/** X repeats somebody else's tweet as `RT @name: ...`. */
export const isRetweet = (text: string) => /^RT @\w/.test(text);

/** Texts leave X with these three characters escaped. */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
