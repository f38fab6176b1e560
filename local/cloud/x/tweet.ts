import type { Published } from "./feed";
import { invalidRequest } from "./problems";
import { escapeText, hashtagsIn } from "./text";

/** Fields that X knows. The twin has values for a few; the others are absent, as on X when a tweet has none. */
const known: Record<string, readonly string[]> = {
  "tweet.fields": [
    ..."attachments author_id context_annotations conversation_id created_at edit_controls edit_history_tweet_ids".split(
      " ",
    ),
    ..."entities geo id in_reply_to_user_id lang non_public_metrics note_tweet organic_metrics possibly_sensitive".split(
      " ",
    ),
    ..."promoted_metrics public_metrics referenced_tweets reply_settings source text withheld article".split(" "),
  ],
};

/** Fields and expansions of things that the data set does not have: authors, media, places, polls. */
export const ignoredParameters = ["expansions", "media.fields", "place.fields", "poll.fields", "user.fields"] as const;

/** The fields that a request asks for. */
export function tweetFields(query: Record<string, unknown>): Set<string> {
  const text = String(query["tweet.fields"] ?? "");
  const fields = text === "" ? [] : text.split(",");
  const unknown = fields.find((field) => !known["tweet.fields"]?.includes(field));
  if (unknown !== undefined) {
    const all = known["tweet.fields"]?.join(",");
    throw invalidRequest(
      "tweet.fields",
      text,
      `The \`tweet.fields\` query parameter value [${unknown}] is not one of [${all}]`,
    );
  }
  return new Set(fields);
}

/**
 * A tweet as X gives it. There is no author in the data set, so there is no `author_id`, whoever asks.
 *
 * @param lang language of the data set's texts
 */
export function describeTweet(
  published: Published,
  text: string,
  lang: string,
  fields: Set<string>,
): Record<string, unknown> {
  const escaped = escapeText(text);
  const hashtags = fields.has("entities") ? hashtagsIn(escaped) : [];
  return {
    id: published.id,
    text: escaped,
    edit_history_tweet_ids: [published.id],
    ...(fields.has("created_at") && { created_at: new Date(published.createdAt).toISOString() }),
    ...(fields.has("lang") && { lang }),
    ...(hashtags.length > 0 && { entities: { hashtags } }),
  };
}
