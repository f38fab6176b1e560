import { type AuthContext, type ParsedKey, type PublicKeyAuthContext, utils } from "ssh2";
import { sameSecret } from "../secret";

/** Who may log in, and how. */
export interface Login {
  username: string;
  /** Lines as in authorized_keys. */
  publicKeys: string[];
  /** Accepted only when set, as on HDInsight. */
  password?: string;
}

/** Decides authentication attempts. Throws for a public key that cannot be read. */
export class Authenticator {
  private readonly keys: ParsedKey[];

  constructor(private readonly login: Login) {
    this.keys = login.publicKeys.map((line) => {
      const parsed = utils.parseKey(line.trim());
      if (parsed instanceof Error) {
        throw new Error(
          `\`sshProfile.publicKeys\`: \`${line.slice(0, 40)}\` is no OpenSSH public key (${parsed.message})`,
        );
      }
      return parsed;
    });
  }

  decide(attempt: AuthContext): void {
    const { username, password } = this.login;
    const methods = [
      ...(this.keys.length > 0 ? ["publickey" as const] : []),
      ...(password ? ["password" as const] : []),
    ];
    const known = attempt.username === username;
    if (known && attempt.method === "publickey" && this.acceptsKey(attempt)) attempt.accept();
    else if (known && attempt.method === "password" && password && sameSecret(attempt.password, password))
      attempt.accept();
    else attempt.reject(methods);
  }

  /** Whether the key is one of the user's, and, when the client has signed, the signature is right. */
  private acceptsKey({ key, blob, signature, hashAlgo }: PublicKeyAuthContext): boolean {
    const allowed = this.keys.find((each) => each.getPublicSSH().equals(key.data));
    if (!allowed) return false;
    return !signature || !blob || allowed.verify(blob, signature, hashAlgo) === true;
  }
}
