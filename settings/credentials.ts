import { utils } from "ssh2";
import { hiddenValue, keyName, type Problem, setCommand, show } from "./problems";

/** Asks for the value on the terminal, so that it stays out of the shell's history. */
export const setPassword = "pulumi config set --secret streaming:gatewayPassword";
export const setPublicKey = 'pulumi config set streaming:sshPublicKey "$(cat ~/.ssh/streaming.pub)"';
export const setPrivateKey = "cat ~/.ssh/streaming | pulumi config set --secret streaming:sshPrivateKey";
/**
 * RSA, since that is what HDInsight's documentation makes (learn.microsoft.com/azure/hdinsight/hdinsight-hadoop-linux-use-ssh-unix).
 * Other kinds are accepted here: Azure's refusal of them, if there is one, is not documented.
 */
export const makeKey = 'ssh-keygen -t rsa -b 4096 -N "" -f ~/.ssh/streaming';

/**
 * What HDInsight demands of the cluster login's password, as far as the password alone shows it: the pages on creating clusters
 * (learn.microsoft.com/azure/hdinsight) forbid ' " ` and \, the quickstart template hdinsight-kafka ' " \ ] and a period.
 */
export const passwordNeeds =
  "10 to 72 printable ASCII characters with a digit, a lower-case letter, an upper-case letter and another character, " +
  "without ' \" ` \\ ] . and spaces";

export function isGatewayPassword(password: string): boolean {
  const kinds = [/\d/, /[a-z]/, /[A-Z]/, /[^a-zA-Z\d]/];
  return /^[!-~]{10,72}$/.test(password) && kinds.every((kind) => kind.test(password)) && !/['"`\\\].]/.test(password);
}

/** Whether this is one public key in OpenSSH format, on one line. */
export function isPublicKey(text: string): boolean {
  const key = utils.parseKey(text);
  return (
    /^(?:ssh|ecdsa)-\S+ \S+/.test(text) && !text.trim().includes("\n") && !(key instanceof Error) && !key.isPrivateKey()
  );
}

/** Whether this is a private key that opens without a passphrase. */
export function isPrivateKey(text: string): boolean {
  const key = utils.parseKey(text);
  return !(key instanceof Error) && key.isPrivateKey();
}

/** What the credentials must be to each other. */
export function credentialProblems(values: {
  gatewayUser?: string;
  gatewayPassword?: string;
  sshUser?: string;
  sshPublicKey?: string;
  sshPrivateKey?: string;
}): Problem[] {
  const { gatewayUser, gatewayPassword, sshUser, sshPublicKey, sshPrivateKey } = values;
  const problems: Problem[] = [];

  if (gatewayUser && sshUser && gatewayUser.toLowerCase() === sshUser.toLowerCase()) {
    problems.push({
      key: keyName("sshUser"),
      got: show(sshUser),
      needs: "another name than `streaming:gatewayUser`: HDInsight keeps the two logins apart",
      fix: [setCommand("sshUser", "sshuser")],
    });
  }
  const users = [gatewayUser, sshUser].filter((user) => user !== undefined);
  if (gatewayPassword && users.some((user) => shareThreeCharacters(gatewayPassword, user))) {
    problems.push({
      key: keyName("gatewayPassword"),
      got: hiddenValue,
      needs: `a password without three characters in a row of \`streaming:gatewayUser\` or \`streaming:sshUser\` (${users.join(", ")})`,
      fix: [setPassword],
    });
  }
  if (sshPublicKey && sshPrivateKey && !isPair(sshPublicKey, sshPrivateKey)) {
    problems.push({
      key: keyName("sshPrivateKey"),
      got: hiddenValue,
      needs: "the private key of `streaming:sshPublicKey`; the two do not belong together",
      fix: [makeKey, setPublicKey, setPrivateKey],
    });
  }
  return problems;
}

function shareThreeCharacters(password: string, user: string): boolean {
  const lower = user.toLowerCase();
  const parts = Array.from({ length: Math.max(0, lower.length - 2) }, (_, start) => lower.slice(start, start + 3));
  return parts.some((part) => password.toLowerCase().includes(part));
}

function isPair(publicKey: string, privateKey: string): boolean {
  const [known, secret] = [utils.parseKey(publicKey), utils.parseKey(privateKey)];
  if (known instanceof Error || secret instanceof Error) return false;
  return known.getPublicSSH().equals(secret.getPublicSSH());
}
