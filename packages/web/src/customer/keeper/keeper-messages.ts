// Messages between page and worker. Passwords go one way; keys stay where they are made.
import type { CustomerPasswordChange } from '@hushgrid/web-api'
import type { Readings } from '../crypto/index.ts'

/** Tasks of the keeper by name, each with its input and its answer. */
export interface KeeperTasks {
  /** Makes the key of the password and keeps it. `terms` come from a server. */
  readonly 'make-key': { given: { account: string; password: string; terms: unknown }; answer: { proof: string } }
  /** Makes the proof once more from a password that is typed again, and refuses another one than the first. */
  readonly 'prove-again': { given: { password: string }; answer: { proof: string } }
  /** Seals the open account under a new password; the change is for the server, which is told the proof of the one until now. */
  readonly 'change-password': { given: { current: string; password: string }; answer: { change: CustomerPasswordChange } }
  /** Goes over to the new password, once the server has. */
  readonly 'password-changed': { given: Record<string, never>; answer: Record<string, never> }
  /** Opens the account's record with the key made before. */
  readonly unlock: { given: { record: string }; answer: { meters: readonly string[] } }
  /** Takes batches in; answers the header of each, or the reason for its refusal. */
  readonly take: { given: { batches: readonly ReceivedBatch[]; slotSeconds: number }; answer: { batches: readonly TakenBatch[] } }
  /** Decrypts one of the batches taken in, by its number from 0. */
  readonly read: { given: { batch: number }; answer: { readings: Readings } }
  /** Tells whether the meter's signature over a batch holds. */
  readonly check: { given: { batch: number }; answer: { holds: boolean; ms: number } }
}

export type KeeperTask = keyof KeeperTasks

export interface ReceivedBatch {
  readonly firstSlot: number
  readonly slots: number
  /** Batch, base64. */
  readonly batch: string
}

/** Part of a batch that is readable without the key. */
export interface ReadableBatch {
  readonly meterId: string
  readonly slotSeconds: number
  readonly firstSlot: number
  readonly slots: number
  readonly lanes: readonly string[]
  /** Number of slots that the meter declares as gaps. */
  readonly gaps: number
  /** First encrypted bytes, hexadecimal; their number is beside them. */
  readonly encrypted: string
  readonly encryptedBytes: number
}

/** A batch of the server, after a first look. */
export type TakenBatch = ReadableBatch | { readonly refused: string; readonly firstSlot: number; readonly slots: number }

export interface KeeperRequest {
  readonly id: number
  readonly task: KeeperTask
  readonly given: unknown
}

/** Reply of the keeper: the answer, a failure with a sentence for the customer, or the progress from 0 to 1. */
export type KeeperReply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failed: string; readonly fault?: string }
  | { readonly id: number; readonly progress: number }
