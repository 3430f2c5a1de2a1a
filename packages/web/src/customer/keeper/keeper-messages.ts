// What page and worker say to each other. Passwords go one way; keys stay where they are made.
import type { Readings } from '../crypto/index.ts'

/** What the keeper does, by name: what it is given and what it answers. */
export interface KeeperTasks {
  /** Makes the key of the password and keeps it. `terms` are a server's. */
  readonly 'make-key': { given: { account: string; password: string; terms: unknown }; answer: { proof: string } }
  /** Makes the proof once more of a password that is typed again, and refuses another one than the first. */
  readonly 'prove-again': { given: { password: string }; answer: { proof: string } }
  /** Opens the account's record with the key made before. */
  readonly unlock: { given: { record: string }; answer: { meters: readonly string[] } }
  /** Takes batches in; answers what each is of, or why it is refused. */
  readonly take: { given: { batches: readonly ReceivedBatch[]; slotSeconds: number }; answer: { batches: readonly TakenBatch[] } }
  /** Decrypts one of the batches taken in, by its number from 0. */
  readonly read: { given: { batch: number }; answer: { readings: Readings } }
  /** Whether the meter's signature over it holds. */
  readonly check: { given: { batch: number }; answer: { holds: boolean; ms: number } }
}

export type KeeperTask = keyof KeeperTasks

export interface ReceivedBatch {
  readonly firstSlot: number
  readonly slots: number
  /** Base64. */
  readonly batch: string
}

/** What a batch says to whoever has not the key. */
export interface ReadableBatch {
  readonly meterId: string
  readonly slotSeconds: number
  readonly firstSlot: number
  readonly slots: number
  readonly lanes: readonly string[]
  /** Slots that the meter says it has no reading of. */
  readonly gaps: number
  /** The first encrypted bytes, hexadecimal, and how many there are. */
  readonly encrypted: string
  readonly encryptedBytes: number
}

/** What the server gave, after a first look. */
export type TakenBatch = ReadableBatch | { readonly refused: string; readonly firstSlot: number; readonly slots: number }

export interface KeeperRequest {
  readonly id: number
  readonly task: KeeperTask
  readonly given: unknown
}

/** One of: the answer, a failure with a sentence for the customer, or how far it is, from 0 to 1. */
export type KeeperReply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failed: string; readonly fault?: string }
  | { readonly id: number; readonly progress: number }
