// Journal that concentrator and PES each keep beside their identity.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type HushgridError, IdentityKey, type Rng } from '@hushgrid/primitives'
import { RecordLog, readOrCreateSecret } from '@hushgrid/runtime'

/** Setting of a journal that a node with an identity must not go on without. */
export interface JournalSetting {
  /** Data directory, made where there is none. */
  readonly directory: string
  /** Name of the journal's file. */
  readonly file: string
  readonly rng: Rng
  /** True where records outlive a loss of power; a lab's need not. */
  readonly flush: boolean
  /** Makes the error about a journal that is damaged or gone. */
  readonly notIntact: (path: string, got: string) => HushgridError
}

/** Open journal, and the identity that goes with it. */
export interface OwnJournal {
  readonly identity: IdentityKey
  readonly log: RecordLog
  readonly records: readonly Uint8Array[]
}

/**
 * Opens a journal and the identity beside it, or makes both.
 *
 * @throws an error made by `notIntact`; SecretFileError, RecordLogError
 */
export function openJournal({ directory, file, rng, flush, notIntact }: JournalSetting): OwnJournal {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, file)
  const key = join(directory, 'identity.key')
  // Checks the journal before opening cuts off damaged records, after which the next start would find it intact. Opens it
  // before the key is made: a process killed in between has lost nothing, and the next start can tell.
  const existed = existsSync(path)
  if (existed ? RecordLog.read(path).damaged : existsSync(key)) throw notIntact(path, existed ? 'a damaged one' : 'none')
  const { log, records } = RecordLog.open(path, flush)
  try {
    const { secret } = readOrCreateSecret(key, 32, () => rng.bytes(32), flush)
    return { identity: new IdentityKey(secret), log, records }
  } catch (cause) {
    log.close()
    throw cause
  }
}
