import { randomInt } from "node:crypto";

const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const digits = "0123456789";
/** Not all that HDInsight accepts (it refuses ' " ` \ ] and .): only those that need no thought in a shell or a URL's log. */
const special = "!#%*+-=?@^_~";

/** Whether HDInsight accepts a gateway password: see `HDInsight rules` in the documentation of `generatePassword`. */
export function isGatewayPassword(password: string, userNames: string[]): boolean {
  const has = (kind: RegExp) => kind.test(password);
  const kinds = has(/[a-z]/) && has(/[A-Z]/) && has(/[0-9]/) && has(/[^A-Za-z0-9]/);
  return password.length >= 10 && kinds && !has(/['"`\\\].\s]/) && !sharesThree(password, userNames);
}

/**
 * A random gateway password that HDInsight accepts: at least 10 characters, an upper and a lower case letter, a digit
 * and a special character, none of ' " ` \ ] and ., and no three characters in a row of a user name, whatever their case.
 */
export function generatePassword(userNames: string[], length = 24): string {
  const characters = lower + upper + digits + special;
  for (;;) {
    const password = Array.from({ length }, () => characters[randomInt(characters.length)]).join("");
    if (isGatewayPassword(password, userNames)) return password;
  }
}

function sharesThree(password: string, userNames: string[]): boolean {
  const text = password.toLowerCase();
  return userNames.some((userName) => {
    const name = userName.toLowerCase();
    return Array.from({ length: Math.max(0, name.length - 2) }, (_, at) => name.slice(at, at + 3)).some((three) =>
      text.includes(three),
    );
  });
}
