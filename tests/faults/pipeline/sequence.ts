/** The order in which the producer notebook sends the lines of a data set: again and again, ids with their round. */
export class Sequence {
  private constructor(private readonly places: Map<string, number>) {}

  static ofDataset(text: string): Sequence {
    const ids = text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => String((JSON.parse(line) as { id: string | number }).id));
    if (ids.some((id) => id.includes("-"))) throw new Error("Ids with a hyphen cannot be told from those of a round");
    return new Sequence(new Map(ids.map((id, place) => [id, place])));
  }

  /** How many events come before this one; undefined for what is none of the producer's. */
  placeOf(id: string): number | undefined {
    const [, first = "", round = "1"] = /^(.*?)(?:-(\d+))?$/.exec(id) ?? [];
    const place = this.places.get(first);
    return place === undefined ? undefined : (Number(round) - 1) * this.places.size + place;
  }
}
