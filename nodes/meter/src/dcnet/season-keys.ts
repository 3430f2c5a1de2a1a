// A meter's blinding keys on disk: a folder with a file for each season's key, and beside it the secrets agreed on by it.
import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type SeasonKey, type SeasonKeyStore, SharedSecrets } from '@hushgrid/dcnet'
import { BlindingKey, concatBytes, type Rng } from '@hushgrid/primitives'
import { makeFolder, RecordLog, readOrCreateSecret } from '@hushgrid/runtime'

/** Most shared secrets kept of a season; the earliest go first. */
const KEPT_SECRETS = 1024
/** Bytes of a record: a blinding key of 32 bytes and the secret of 32 bytes that was agreed on with it. */
const SECRET_RECORD = 64
const KEY_FILE = /^season-(\d{1,10})\.key$/
/** File of a season's key or secrets, or what a write that was cut short left of one. */
const SEASON_FILE = /^season-(\d{1,10})\.(?:key|secrets)(\..+)?$/

/**
 * The season keys of a meter's data directory. Shared secrets are kept so that a restart costs no key agreement; a thief of
 * their file could read the blinding key beside it. Both are overwritten and deleted with their season.
 */
export class SeasonKeyFiles implements SeasonKeyStore {
  readonly kept: readonly (readonly [number, SeasonKey])[]
  readonly #folder: string
  readonly #rng: Rng
  readonly #flush: boolean
  readonly #logs = new Map<number, RecordLog>()

  /** @throws FolderError, SecretFileError, RecordLogError */
  constructor(directory: string, rng: Rng, flush: boolean) {
    this.#folder = join(directory, 'seasons')
    this.#rng = rng
    this.#flush = flush
    makeFolder(this.#folder)
    const seasons = readdirSync(this.#folder).flatMap(name => KEY_FILE.exec(name)?.[1] ?? [])
    this.#eraseLeftovers(new Set(seasons))
    this.kept = seasons.map(season => [Number(season), this.make(Number(season))] as const)
  }

  make(season: number): SeasonKey {
    const { secret } = readOrCreateSecret(this.#path(season, 'key'), 32, () => this.#rng.bytes(32), this.#flush)
    const blinding = new BlindingKey(secret)
    secret.fill(0)
    return { blinding, secrets: this.#secretsOf(season, blinding) }
  }

  erase(season: number): void {
    this.#logs.get(season)?.close()
    this.#logs.delete(season)
    // The key goes last: by it a start finds a season whose erasure was cut short.
    for (const kind of ['secrets', 'key'] as const) this.#eraseFile(this.#path(season, kind))
  }

  /** Erases the secrets of seasons that have no key any more, and what writes that were cut short left. */
  #eraseLeftovers(seasons: ReadonlySet<string>): void {
    for (const name of readdirSync(this.#folder)) {
      const [, season, unfinished] = SEASON_FILE.exec(name) ?? []
      if (season !== undefined && (unfinished !== undefined || !seasons.has(season))) this.#eraseFile(join(this.#folder, name))
    }
  }

  /** Overwrites a file in its place, so that its blocks hold no secret where the disk writes in place, and deletes it. */
  #eraseFile(path: string): void {
    if (!existsSync(path)) return
    const descriptor = openSync(path, 'r+')
    try {
      writeSync(descriptor, new Uint8Array(fstatSync(descriptor).size), 0, undefined, 0)
      if (this.#flush) fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    rmSync(path)
  }

  close(): void {
    for (const log of this.#logs.values()) log.close()
  }

  #path(season: number, kind: 'key' | 'secrets'): string {
    return join(this.#folder, `season-${season}.${kind}`)
  }

  /** Opens the shared secrets of a season; a damaged file costs new agreements, nothing else. */
  #secretsOf(season: number, own: BlindingKey): SharedSecrets {
    const { log, records } = RecordLog.open(this.#path(season, 'secrets'), this.#flush)
    this.#logs.set(season, log)
    const kept = records.filter(record => record.byteLength === SECRET_RECORD).slice(-KEPT_SECRETS)
    if (records.length > 2 * KEPT_SECRETS) log.replace(kept)
    const secrets = new SharedSecrets(
      own,
      kept.map(record => [record.subarray(0, 32), record.subarray(32)] as const),
      (blindingKey, shared) => {
        const record = concatBytes(blindingKey, shared)
        log.append(record)
        record.fill(0)
      }
    )
    // They are copied by now, and would outlive the season here.
    for (const record of records) record.fill(0)
    return secrets
  }
}
