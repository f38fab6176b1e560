import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { decodeHTML } from "entities";
import * as tar from "tar";
import { z } from "zod";
import { readIfThere, writeFileAtomic } from "../files";
import { toolPaths } from "../paths";
import { findOnPath, runCommand } from "./command";

/** One line of the data set: what the `replay` source sends and the X API serves. */
export interface Tweet {
  id: string;
  text: string;
  /** Mean of the ratings that people gave in the study, -4 (negative) to 4 (positive); `null` in the sample. */
  rating: number | null;
}

const study = {
  /** Source archive of a Python package: the study's data travels inside it. */
  requirement: "vaderSentiment==3.3.2",
  archiveSha256: "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
  inner: "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz",
  file: "hutto_ICWSM_2014/tweets_GroundTruth.txt",
  sha256: "dfbe7102e2f92579ed8b19df9a3822491880697c67adf712fb66e520cc05102f",
  tweets: 4200,
  attribution:
    "Tweets: Hutto, C.J. & Gilbert, E.E. (2014), VADER: A Parsimonious Rule-based Model for Sentiment Analysis of " +
    "Social Media Text, ICWSM-14; distributed with vaderSentiment 3.3.2 under the MIT License, (c) 2016 C.J. Hutto.",
};

const infoSchema = z.object({
  source: z.enum(["study", "sample"]),
  /** Lines in the file. */
  tweets: z.number(),
  /** One sentence for people: what the data is, and for the sample why, and how to get the real one. */
  description: z.string(),
  attribution: z.string(),
  /** Of the data file, so that a changed file is noticed. */
  size: z.number(),
});

/** What is in the data set file. */
export type DatasetInfo = z.infer<typeof infoSchema>;

const infoFile = (file: string) => path.join(path.dirname(file), "dataset.json");

/** What the data set in place is; `undefined` when there is none, or not all of it. */
export function datasetInfo(file = toolPaths().dataset): DatasetInfo | undefined {
  const text = readIfThere(infoFile(file));
  const info = text === undefined ? undefined : infoSchema.safeParse(JSON.parse(text)).data;
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  return info && size === info.size ? info : undefined;
}

/**
 * Puts the public tweets in place, or the sample that comes with this project when they cannot be had; `description`
 * says which. Never rejects for want of Python or of a network.
 */
export async function prepareDataset(file = toolPaths().dataset, fetchTweets = fetchStudy): Promise<DatasetInfo> {
  try {
    const tweets = await fetchTweets(path.dirname(file));
    const description = `${tweets.length.toLocaleString("en-US")} public tweets of the ICWSM 2014 sentiment study`;
    return save(file, tweets, { source: "study", description, attribution: study.attribution });
  } catch (error) {
    const tweets = parseLines(readFileSync(path.join(__dirname, "sample.jsonl"), "utf8"));
    const reason = (error as Error).message.split("\n")[0];
    const description =
      `a sample of ${tweets.length} made-up lines, because the public tweets cannot be had (${reason}); ` +
      `to get them, install Python 3 with pip, delete ${infoFile(file)} and start again`;
    const attribution = "Sample: written for this project, under its license.";
    return save(file, tweets, { source: "sample", description, attribution });
  }
}

function save(file: string, tweets: Tweet[], about: Pick<DatasetInfo, "source" | "description" | "attribution">) {
  const text = tweets.map((tweet) => `${JSON.stringify(tweet)}\n`).join("");
  const info: DatasetInfo = { ...about, tweets: tweets.length, size: Buffer.byteLength(text) };
  writeFileAtomic(file, text, 0o644);
  writeFileAtomic(path.join(path.dirname(file), "ATTRIBUTION.txt"), `${about.attribution}\n`, 0o644);
  writeFileAtomic(infoFile(file), `${JSON.stringify(info, null, 2)}\n`, 0o644);
  return info;
}

function parseLines(text: string): Tweet[] {
  const lines = text.split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Tweet);
}

/** Fetches the study's tweets with pip. Rejects with the reason in the first line of the message. */
async function fetchStudy(folder: string): Promise<Tweet[]> {
  const [python] = findOnPath("python3");
  if (!python) throw new Error("there is no python3 on PATH");
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(path.join(folder, "fetch-"));
  try {
    // With a hash, pip refuses an archive that is not the one meant before it looks inside, let alone runs its set-up.
    const requirements = path.join(work, "requirements.txt");
    writeFileSync(requirements, `${study.requirement} --hash=sha256:${study.archiveSha256}\n`);
    const options = ["--no-deps", "--no-binary", "vaderSentiment", "--require-hashes", "--disable-pip-version-check"];
    // As variables, because the pip that fetches what the set-up needs is another process.
    const env = { ...process.env, TMPDIR: work, PIP_CACHE_DIR: path.join(work, "cache"), PYTHONDONTWRITEBYTECODE: "1" };
    await runCommand(python, ["-m", "pip", "download", ...options, "-q", "-d", work, "-r", requirements], {
      env,
      timeout: 180_000,
    }).catch((error: Error) => {
      throw new Error(`pip could not download ${study.requirement}: ${lastLine(error.message)}`);
    });
    await tar.extract({ file: path.join(work, "vaderSentiment-3.3.2.tar.gz"), cwd: work }, [study.inner]);
    await tar.extract({ file: path.join(work, study.inner), cwd: work }, [study.file]);
    const source = readFileSync(path.join(work, study.file));
    const sha256 = createHash("sha256").update(source).digest("hex");
    if (sha256 !== study.sha256) throw new Error(`${study.file} has SHA-256 ${sha256}, expected ${study.sha256}`);
    const tweets = parseStudy(source.toString("utf8"));
    if (tweets.length !== study.tweets)
      throw new Error(`${study.file} has ${tweets.length} tweets, not ${study.tweets}`);
    return tweets;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const lastLine = (text: string) => text.trimEnd().split("\n").at(-1) ?? text;

/** Tweets of the study's file: tab-separated id, mean rating and text with HTML entities. Throws at a line that is not. */
export function parseStudy(text: string): Tweet[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map((line, index) => {
      const match = /^(\d+)\t(-?\d+(?:\.\d+)?)\t(.*)$/.exec(line);
      if (!match) throw new Error(`line ${index + 1} is not "id, rating, text": ${line.slice(0, 60)}`);
      return { id: match[1], text: decodeHTML(match[3]), rating: Number(match[2]) };
    });
}
