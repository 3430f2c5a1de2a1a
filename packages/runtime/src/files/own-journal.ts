import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type HushgridError, IdentityKey, type Rng } from '@hushgrid/primitives'
import { makeFolder } from './make-folder.ts'
import { RecordLog } from './record-log.ts'
import { readOrCreateSecret, readSecret, SecretFileError } from './secret-file.ts'

/** Bytes of an Ed25519 seed. */
const KEY_BYTES = 32

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
 * Opens a journal and the identity beside it, or makes both: the journal first, so that a process killed in between leaves
 * an empty journal without a key, which has lost nothing and is taken for a beginning. A key without a journal, and a
 * journal with records but without a key, have lost something and are refused.
 *
 * @throws an error made by `notIntact`; FolderError, SecretFileError, RecordLogError
 */
export function openJournal({ directory, file, rng, flush, notIntact }: JournalSetting): OwnJournal {
  makeFolder(directory)
  const path = join(directory, file)
  const key = join(directory, 'identity.key')
  checkPair(path, key, notIntact)
  const { log, records } = RecordLog.open(path, flush)
  try {
    const { secret } = readOrCreateSecret(key, KEY_BYTES, () => rng.bytes(KEY_BYTES), flush)
    return { identity: new IdentityKey(secret), log, records }
  } catch (cause) {
    log.close()
    throw cause
  }
}

/** Checks key and journal before opening cuts off damaged records, after which the next start would find it intact. */
function checkPair(path: string, key: string, notIntact: JournalSetting['notIntact']): void {
  const [journalExists, keyExists] = [existsSync(path), existsSync(key)]
  if (keyExists) readSecret(key, KEY_BYTES)
  if (keyExists && !journalExists) throw notIntact(path, 'none')
  if (keyExists && RecordLog.read(path).damaged) throw notIntact(path, 'a damaged one')
  if (!keyExists && journalExists && statSync(path).size > RecordLog.HEADER_BYTES)
    throw new SecretFileError(
      `${key}: expected the key of the node whose journal is ${path}, got none. Restore it, or begin in an empty directory`
    )
}
