/** Something that has to be ended. */
export interface Closable {
  close(): unknown;
}

/**
 * Closes the parts and takes them off the list: the last opened first, each once the one before is closed. One that cannot
 * be closed keeps no other from it.
 *
 * @param failed told what a part's end fails with
 */
export async function closeAll<P extends Closable>(parts: P[], failed: (error: Error, part: P) => void): Promise<void> {
  for (let part = parts.pop(); part; part = parts.pop()) {
    try {
      await part.close();
    } catch (error) {
      failed(error as Error, part);
    }
  }
}
