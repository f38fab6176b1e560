// Must come first: the X.509 library looks for it as it loads.
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as fs from "node:fs";
import { isIP } from "node:net";
import * as path from "node:path";
import * as x509 from "@peculiar/x509";
import { readIfThere, writeFileAtomic } from "../files";
import { createOnce } from "../setup/createOnce";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 24 * 60 * 60 * 1000;
const lifetime = { authority: 3650 * day, leaf: 397 * day };
/** An authority that ends sooner than this is replaced when it is opened. */
const renewBefore = 90 * day;

/**
 * The twin's own certificate authority: signs the certificates of every HTTPS listener, and nothing outside the twin trusts it.
 * Its key is in `<dir>/ca.key.pem`, its certificate in `<dir>/ca.pem`, both mode 0600.
 */
export class CertificateAuthority {
  private constructor(
    /** The certificate, for clients that take text. */
    readonly caPem: string,
    /** The certificate, for NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and the like. */
    readonly caFile: string,
    private readonly certificate: x509.X509Certificate,
    private readonly key: CryptoKey,
  ) {}

  /** The authority kept in `dir`; made when there is none, or when the one there is ends within 90 days. */
  static async open(dir: string): Promise<CertificateAuthority> {
    const bundle = path.join(dir, "ca.key.pem");
    let text = readIfThere(bundle);
    if (text && certificateOf(text, bundle).notAfter.getTime() - Date.now() < renewBefore) {
      fs.rmSync(bundle, { force: true });
      text = undefined;
    }
    if (!text) {
      const made = await createAuthority();
      text = createOnce(bundle, () => made);
    }
    const certificate = certificateOf(text, bundle);
    const caPem = `${certificate.toString("pem")}\n`;
    const caFile = path.join(dir, "ca.pem");
    if (readIfThere(caFile) !== caPem) writeFileAtomic(caFile, caPem);
    const key = await importKey(text);
    return new CertificateAuthority(caPem, caFile, certificate, key);
  }

  /**
   * A new server certificate for IP addresses and host names, with its key, both PEM. It is valid for 397 days, so a
   * listener asks for one whenever it starts.
   */
  async issue(names: string[]): Promise<{ cert: string; key: string }> {
    if (names.length === 0) throw new Error("A certificate needs at least one IP address or host name.");
    const keys = await generateKeys();
    const notAfter = Math.min(Date.now() + lifetime.leaf, this.certificate.notAfter.getTime());
    const certificate = await x509.X509CertificateGenerator.create(
      {
        serialNumber: serialNumber(),
        subject: `CN=${names[0]}`,
        issuer: this.certificate.subjectName,
        ...validUntil(notAfter),
        signingAlgorithm: algorithm,
        publicKey: keys.publicKey,
        signingKey: this.key,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIP(value) ? ("ip" as const) : ("dns" as const), value })),
          ),
          await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto as Crypto),
          await x509.AuthorityKeyIdentifierExtension.create(this.certificate.publicKey, false, webcrypto as Crypto),
        ],
      },
      webcrypto as Crypto,
    );
    return { cert: `${certificate.toString("pem")}\n`, key: await exportKey(keys.privateKey) };
  }
}

/** Key and certificate of a new authority, as one PEM text: one file cannot be half written. */
async function createAuthority(): Promise<string> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      // The suffix tells authorities of several twins apart, also for clients that look issuers up by name.
      name: `CN=Local twin ${randomBytes(4).toString("hex")}`,
      ...validUntil(Date.now() + lifetime.authority),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto as Crypto),
      ],
    },
    webcrypto as Crypto,
  );
  return `${await exportKey(keys.privateKey)}${certificate.toString("pem")}\n`;
}

function certificateOf(bundle: string, file: string): x509.X509Certificate {
  const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(bundle)?.[0];
  if (!pem)
    throw new Error(`\`${file}\` holds no certificate. Delete it: the authority is made anew at the next start.`);
  return new x509.X509Certificate(pem);
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
}

async function exportKey(key: CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

async function importKey(bundle: string): Promise<CryptoKey> {
  const [der] = x509.PemConverter.decode(bundle);
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}

/** From an hour ago, for clocks that disagree. */
function validUntil(end: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - 60 * 60 * 1000), notAfter: new Date(end) };
}

/** Positive and of a fixed length, as strict parsers want it. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] & 0x7f) | 0x40;
  return bytes.toString("hex");
}
