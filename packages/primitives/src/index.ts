/**
 * The ground of every package: bytes, lanes, quantities, time, random numbers, keys, masks, errors. Nothing here knows
 * of a protocol, reads a clock or opens a file.
 *
 * Two neighbours agree on a key and mask their readings with it; the masks cancel in the sum:
 *
 * ```ts
 * import { addLanes, BlindingKey, MaskStream, maskOfSlot, readingLanes, signedLanes, systemRng, zeroMaskSums } from '@hushgrid/primitives'
 *
 * const [alice, bob] = [BlindingKey.generate(systemRng), BlindingKey.generate(systemRng)]
 * const masked = (own: BlindingKey, other: BlindingKey, wattHours: number, sign: 1 | -1) => {
 *   const sums = zeroMaskSums(1, 1)
 *   new MaskStream(own.agree(other.publicKey), 1).accumulate(sums, 0, 1, sign)
 *   return addLanes(readingLanes([wattHours]), maskOfSlot(sums, 0, 1))
 * }
 * signedLanes(addLanes(masked(alice, bob, 217, 1), masked(bob, alice, 54, -1))) // [271n]
 * ```
 *
 * @packageDocumentation
 */

export { checkLength, compareBytes, concatBytes, equalBytes, fromHex, toHex, u8, u16, u32, u64, utf8 } from './bytes/bytes.ts'
export { gfCombine, lagrangeCoefficients } from './bytes/gf256.ts'
export { checkAgreementKey, checkBlindingKey, edwardsKeyOf } from './crypto/curve25519.ts'
export {
  checkVerifyKey,
  ed25519Verifier,
  IdentityKey,
  type SigningKey,
  sha256,
  sha512,
  type VerifierOf,
  type VerifyingKey,
  VerifyKey
} from './crypto/identity.ts'
export { BlindingKey, hkdfSha256, hmacSha256 } from './crypto/key-agreement.ts'
export { keyStream, MaskStream, maskOfSlot, zeroMaskSums } from './crypto/mask-stream.ts'
export { provenSharedSecret } from './crypto/shared-secret-proof.ts'
export { type FilePlace, FilePlaceError, GroupEncodingError, HushgridError, InvalidArgumentError, WeakKeyError } from './errors.ts'
export {
  type LaneSum,
  namedSums,
  publishedSums,
  type SlotSums,
  type Withheld,
  withheldInWords,
  withheldLanes,
  withheldReasons,
  withheldText
} from './lane-sums.ts'
export {
  addLanes,
  defaultMaxReading,
  equalLanes,
  type LaneTerms,
  type LaneVector,
  lanesFromBytes,
  lanesFromExactBytes,
  lanesFromIntegers,
  lanesToBytes,
  READING_LIMIT,
  readingLanes,
  signedLanes,
  subtractLanes,
  unsignedLanes,
  zeroLanes
} from './lanes.ts'
export { type Clock, type Rng, SeededRng } from './ports.ts'
export { DEFAULT_LANES, EXPORT_LANE, IMPORT_LANE, QUANTITIES, quantityOf, unitOf } from './quantities.ts'
export { systemRng } from './system-rng.ts'
export { csvRow, decimal, fieldsOf, isBlankRow, isMissing, readTable, type Separator, separatorOf, type TableRow } from './text/csv.ts'
export { decodeText, encodingOf, textLines } from './text/lines.ts'
export { TERMINAL_COLUMNS, tableLines, wrapped, wrappedText } from './text/terminal-lines.ts'
export { alternatives, closestWord, counted, meant } from './text/words.ts'
export { civilFromDays, DAY_SECONDS, dateOfDay, dayOfYear, daysFromCivil, readableUtc, weekdayOf } from './time/calendar.ts'
export {
  daysBegun,
  durationText,
  formatLocal,
  formatUtc,
  isDate,
  isMonthDay,
  isTimeZone,
  type LocalDay,
  localDays,
  type OffsetSpan,
  offsetAt,
  offsetSpans,
  startOfDay,
  timeZoneName,
  zonedTime
} from './time/local-time.ts'
export { checkSlotSeconds, type SlotTimes, slotAt, slotTimes } from './time/slot-times.ts'
export { dayFirstStamp, isoStamp, readStamp, type Stamp } from './time/stamps.ts'
export {
  DEFAULT_SLOT_SECONDS,
  type Epoch,
  epoch,
  type MeterId,
  type Millis,
  meterId,
  millis,
  type ObisCode,
  obisCode,
  type Slot,
  slot
} from './units.ts'
export { keyOffset, nodeAt, type Path, type PlacedYaml, pathText, printable, readYaml, show } from './yaml-places.ts'
