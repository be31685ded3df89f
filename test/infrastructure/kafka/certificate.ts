import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** A key and a certificate that vouches for itself, as texts in PEM. Made anew for each test run. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

const dayMs = 24 * 3_600_000
const oids = {
  commonName: '550403',
  ecdsaWithSha256: '2a8648ce3d040302',
  basicConstraints: '551d13',
  subjectAlternativeName: '551d11',
}

/** For `localhost` and 127.0.0.1, valid from yesterday for a month (X.509 v3, RFC 5280, on P-256). */
export function createCertificate(commonName: string): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(oid(oids.ecdsaWithSha256))
  const name = sequence(der(0x31, sequence(oid(oids.commonName), der(0x0c, commonName))))
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    sequence(time(Date.now() - dayMs), time(Date.now() + 30 * dayMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(authority(), namesOfThisMachine())),
  )
  const signature = sign('sha256', body, privateKey)
  const certificate = sequence(body, algorithm, der(0x03, Buffer.from([0]), signature))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem('CERTIFICATE', certificate),
  }
}

function authority(): Buffer {
  const isAuthority = der(0x01, Buffer.from([0xff]))
  return sequence(oid(oids.basicConstraints), isAuthority, der(0x04, sequence(isAuthority)))
}

function namesOfThisMachine(): Buffer {
  const names = sequence(der(0x82, 'localhost'), der(0x87, Buffer.from([127, 0, 0, 1])))
  return sequence(oid(oids.subjectAlternativeName), der(0x04, names))
}

/** One value in the encoding of X.690: tag, length, contents. */
function der(tag: number, ...contents: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(
    contents.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)),
  )
  const { length } = content
  const lengthBytes =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content])
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts)
}

function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes)
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function time(at: number): Buffer {
  return der(0x17, `${new Date(at).toISOString().replaceAll(/\D/g, '').slice(2, 14)}Z`)
}

function pem(title: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${title}-----\n${lines.join('\n')}\n-----END ${title}-----\n`
}
