// `pnpm node:customer register`: puts an account on a portal.
import { fromHex, HushgridError, systemRng, toHex } from '@hushgrid/primitives'
import type { PasswordInput } from '@hushgrid/runtime'
import type { PasswordTerms } from '@hushgrid/web-api'
import { SALT_BYTES } from '@hushgrid/web-api'
import { NoAccountError, withRecords } from '../commands/at-device.ts'
import { encodeAccount } from '../device/account-record.ts'
import { CustomerDevice } from '../device/customer-device.ts'
import { checkScheme, passwordKey } from '../device/password-key.ts'
import { signInProof } from '../device/sign-in-proof.ts'
import { type Answer, askServer, jsonOf, sentenceOf } from './ask-server.ts'
import type { Registered, Registration } from './registration-route.ts'
import { trustOnly } from './server-url.ts'

export interface RegisterOptions {
  /** Origin of the portal. */
  readonly portal: string
  readonly portalCa?: string
  readonly account?: string
  readonly passwordChanged?: boolean
  readonly dataDir: string
}

/** Reports a registration that the portal has refused. */
class NotRegisteredError extends HushgridError {
  override name = 'NotRegisteredError'
}

/** Longest time of a registration, in which the portal asks the supplier four times, ms. */
const WITHIN = 120_000
const MOST_ANSWER_BYTES = 64 * 1024

/** Runs `register`. */
export async function register({ portal, portalCa, account: named, passwordChanged, dataDir }: RegisterOptions): Promise<void> {
  if (portalCa !== undefined) trustOnly('--portal-ca', portalCa)
  await withRecords(dataDir, async (records, passwords) => {
    const record = records.readAccount()
    if (!record) throw new NoAccountError('expected an account in --data-dir, got none; "pnpm node:customer pair" makes one')
    const { account } = record
    if (named !== undefined && named !== account)
      throw new NotRegisteredError(
        `--account ${named}: expected the name of the account in --data-dir, which is ${account}: an account has one name at the supplier and here, where "pair --account" gives it`
      )
    const password = await passwords.read(account)
    const device = await CustomerDevice.open(records, password, systemRng)
    const registration = new PortalRegistration(portal, { account, proof: device.signInProof(), record: encodeAccount(record) })
    const terms = await registration.terms()
    const isSame = terms.salt === toHex(record.salt)
    // Tries the proof that the supplier has already, where only the record may be new.
    const again = isSame && !passwordChanged ? await registration.try(registration.proof) : undefined
    const household =
      again ?? (await registration.tryEither(await earlierSecret(passwords, password, account, passwordChanged ? terms : undefined)))
    if (household === undefined)
      throw new NotRegisteredError(
        passwordChanged
          ? `--portal ${portal}: expected the password that account ${account} had when it was registered last, got another`
          : `--portal ${portal}: expected the one-time password that the supplier gave with account ${account}, got another; where the account is registered and its password has changed since, say --password-changed`
      )
    process.stdout.write(`account ${account}: registered at ${portal} for ${household}, with ${record.keys.length} wrapped keys\n`)
  })
}

/** Asks for the password that the supplier has now: the one-time password, or the proof of an earlier password. */
async function earlierSecret(passwords: PasswordInput, password: string, account: string, terms?: PasswordTerms): Promise<string> {
  if (terms) {
    const earlier = await passwords.readSecret(`earlier password of ${account}`)
    return signInProof(await passwordKey(earlier, fromHex(terms.salt, 'salt', SALT_BYTES), terms.scheme))
  }
  const oneTime = await passwords.readSecret('one-time password that the supplier gave with the account')
  if (oneTime.normalize('NFC') === password.normalize('NFC'))
    throw new NotRegisteredError("one-time password: expected the supplier's, got the account's own, which stays on this machine")
  return oneTime
}

/** The portal, asked about one registration. */
class PortalRegistration {
  readonly #portal: string
  readonly #what: Omit<Registration, 'password'>

  constructor(portal: string, what: Omit<Registration, 'password'>) {
    this.#portal = portal
    this.#what = what
  }

  get proof(): string {
    return this.#what.proof
  }

  /** Reads how the password becomes a key of the portal's record, which the portal makes up where it has none. */
  async terms(): Promise<PasswordTerms> {
    const { salt, scheme } = this.#taken(await this.#ask('/api/password-scheme', { account: this.#what.account })) as Partial<PasswordTerms>
    // Checks the scheme: a portal is not trusted with how hard a password is to guess.
    return { salt: toHex(fromHex(String(salt), 'salt', SALT_BYTES)), scheme: checkScheme({ ...scheme }) }
  }

  /** @returns the household; undefined where the password is another one */
  async try(password: string): Promise<string | undefined> {
    const answer = await this.#ask('/api/registration', { ...this.#what, password } satisfies Registration)
    if (answer.status === 401) return undefined
    const { household } = this.#taken(answer) as Partial<Registered>
    if (typeof household !== 'string')
      throw new NotRegisteredError(`--portal ${this.#portal}: expected a customers' portal, got another server`)
    return household
  }

  /** Tries the password, then the proof, which the supplier may have from an earlier registration that was cut short. */
  async tryEither(password: string): Promise<string | undefined> {
    return (await this.try(password)) ?? (await this.try(this.proof))
  }

  async #ask(path: string, body: unknown): Promise<Answer> {
    return await askServer(this.#portal, { method: 'POST', path, body }, { within: WITHIN, most: MOST_ANSWER_BYTES })
  }

  /** @throws NotRegisteredError where the answer is no success */
  #taken(answer: Answer): object {
    const value = jsonOf(answer)
    if (answer.status === 200 && typeof value === 'object' && value !== null) return value
    throw new NotRegisteredError(
      `--portal ${this.#portal}: ${sentenceOf(answer) ?? `expected a customers' portal, got a server that answers with status ${answer.status}`}`
    )
  }
}
