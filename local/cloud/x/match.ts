import type { Query } from "./query";
import { hashtagsIn, isRetweet, tokensIn } from "./text";

/** A text with what queries look at. */
export interface Searchable {
  tokens: string[];
  hashtags: Set<string>;
  retweet: boolean;
  lang: string;
}

export function searchable(text: string, lang: string): Searchable {
  return {
    tokens: tokensIn(text),
    hashtags: new Set(hashtagsIn(text).map(({ tag }) => tag.toLowerCase())),
    retweet: isRetweet(text),
    lang,
  };
}

/** Does a text satisfy a query? Words are whole words in any case; those of a phrase follow each other. */
export function matches(query: Query, text: Searchable): boolean {
  switch (query.kind) {
    case "words":
      return text.tokens.some((_, start) =>
        query.tokens.every((token, offset) => text.tokens[start + offset] === token),
      );
    case "hashtag":
      return text.hashtags.has(query.tag);
    case "lang":
      return text.lang === query.lang;
    case "retweet":
      return text.retweet;
    case "not":
      return !matches(query.operand, text);
    case "and":
      return query.operands.every((operand) => matches(operand, text));
    case "or":
      return query.operands.some((operand) => matches(operand, text));
  }
}
