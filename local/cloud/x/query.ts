/** A search query or stream rule, parsed. */
export type Query =
  | { kind: "words"; tokens: string[] }
  | { kind: "hashtag"; tag: string }
  | { kind: "lang"; lang: string }
  | { kind: "retweet" }
  | { kind: "not"; operand: Query }
  | { kind: "and" | "or"; operands: Query[] };

/** What is wrong with a query, in a sentence that names the operator. */
export class QueryError extends Error {
  override name = "QueryError";
}

type Token = { text: string; at: number };

import { tokensIn } from "./text";

/** Longest query for those without enterprise access. */
const mostQueryCharacters = 512;

const supported = 'words, "phrases", #hashtags, OR, - (not), parentheses, `lang:` and `is:retweet`';

/**
 * Parses X's query language, as far as the twin has it: words, "phrases", #hashtags, `lang:`, `is:retweet`, combined by
 * blanks (and), `OR` (which binds less), `-` before an operator (not) and parentheses.
 *
 * @throws QueryError naming what it does not know
 */
export function parseQuery(text: string, mostCharacters = mostQueryCharacters): Query {
  if (text.length > mostCharacters) {
    throw new QueryError(`The query has ${text.length} characters; at most ${mostCharacters} are allowed`);
  }
  const tokens = tokenize(text);
  if (tokens.length === 0) throw new QueryError("The query is empty");
  const parser = new Parser(tokens);
  const query = parser.alternatives();
  const rest = parser.peek();
  if (rest) throw new QueryError(`Unexpected \`${rest.text}\` at position ${rest.at + 1}`);
  if (!standsAlone(query)) {
    throw new QueryError(
      "The query must include at least one operator that stands alone and is not negated: a word, a phrase or a hashtag",
    );
  }
  return query;
}

/** Splits into parentheses, minus signs, and what is between blanks; quotes hold together, also after `-`. */
function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|([()])|(-)(?=[^\s)])|("[^"]*"?|[^\s()"]+)/gu;
  for (const match of text.matchAll(pattern)) {
    const found = match[1] ?? match[2] ?? match[3];
    if (found !== undefined) tokens.push({ text: found, at: match.index });
  }
  return tokens;
}

class Parser {
  private next = 0;

  constructor(private readonly tokens: Token[]) {}

  peek(): Token | undefined {
    return this.tokens[this.next];
  }

  /** a b OR c: the blank binds more than OR. */
  alternatives(): Query {
    const operands = [this.conjunction()];
    while (this.peek()?.text === "OR") {
      this.next++;
      operands.push(this.conjunction());
    }
    return operands.length === 1 ? (operands[0] as Query) : { kind: "or", operands };
  }

  private conjunction(): Query {
    const operands: Query[] = [];
    for (let token = this.peek(); token && token.text !== ")" && token.text !== "OR"; token = this.peek()) {
      operands.push(this.operand());
    }
    if (operands.length === 0) {
      const token = this.peek();
      throw new QueryError(
        token ? `Nothing before \`${token.text}\` at position ${token.at + 1}` : "The query ends too early",
      );
    }
    return operands.length === 1 ? (operands[0] as Query) : { kind: "and", operands };
  }

  private operand(): Query {
    const token = this.take();
    if (token.text === "-") {
      if (this.peek()?.text === "(") {
        throw new QueryError(`A group cannot be negated (position ${token.at + 1}): negate each operator in it`);
      }
      if (this.peek()?.text === "-") throw new QueryError(`\`--\` at position ${token.at + 1}: negate once`);
      return { kind: "not", operand: this.operand() };
    }
    if (token.text === "(") {
      const inner = this.alternatives();
      if (this.peek()?.text !== ")") throw new QueryError(`The parenthesis at position ${token.at + 1} is not closed`);
      this.next++;
      return inner;
    }
    return operator(token);
  }

  private take(): Token {
    const token = this.tokens[this.next++];
    if (!token) throw new QueryError("The query ends too early");
    return token;
  }
}

function operator({ text, at }: Token): Query {
  const place = `at position ${at + 1}`;
  if (text.startsWith('"')) {
    if (text.length < 2 || !text.endsWith('"')) throw new QueryError(`The quote ${place} is not closed`);
    return words(text.slice(1, -1), text, place);
  }
  const [name, value] = split(text);
  if (name !== undefined) {
    if (name === "lang" && /^[a-z]{2,3}(-[a-z]+)?$/i.test(value)) return { kind: "lang", lang: value.toLowerCase() };
    if (name === "is" && value === "retweet") return { kind: "retweet" };
    throw new QueryError(`The twin does not support the operator \`${text}\` ${place}; it has ${supported}`);
  }
  if (/^[#＃]/.test(text)) {
    if (!/^.[\p{L}\p{M}\p{N}_]+$/u.test(text)) throw new QueryError(`\`${text}\` ${place} is not a hashtag`);
    return { kind: "hashtag", tag: text.slice(1).toLowerCase() };
  }
  if (/^[@$]/.test(text)) {
    throw new QueryError(
      `The twin does not support the operator \`${text[0]}\` in \`${text}\` ${place}; it has ${supported}`,
    );
  }
  if (text === "AND") throw new QueryError(`\`AND\` ${place} is not an operator: a blank means and`);
  return words(text, text, place);
}

/** `name:value`; a colon in the middle of anything else, such as 10:30, splits words. */
function split(text: string): [string | undefined, string] {
  const match = /^([a-z_]+):(.*)$/i.exec(text);
  return match ? [match[1]?.toLowerCase(), match[2] ?? ""] : [undefined, ""];
}

function words(text: string, shown: string, place: string): Query {
  const tokens = tokensIn(text);
  if (tokens.length === 0) throw new QueryError(`\`${shown}\` ${place} has no letter or digit to search for`);
  return { kind: "words", tokens };
}

/** `lang:` and `is:` only narrow down what another operator finds. */
function standsAlone(query: Query): boolean {
  switch (query.kind) {
    case "words":
    case "hashtag":
      return true;
    case "and":
      return query.operands.some(standsAlone);
    case "or":
      return query.operands.every(standsAlone);
    default:
      return false;
  }
}
