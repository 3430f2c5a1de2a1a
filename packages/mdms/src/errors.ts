import { HushgridError } from '@hushgrid/primitives'

/** The account does not hold the role that it acts in, or that role may not do this. */
export class NotAllowedError extends HushgridError {
  override name = 'NotAllowedError'
}

/** There is no such account. */
export class UnknownAccountError extends HushgridError {
  override name = 'UnknownAccountError'
}

/** There is no household of the name that this account may ask for; whether there is one that others may is not said. */
export class UnknownHouseholdError extends HushgridError {
  override name = 'UnknownHouseholdError'
}

/** There is no such tariff, or the one of the name has another text. */
export class UnknownTariffError extends HushgridError {
  override name = 'UnknownTariffError'
}

/** The tariff is not valid in all of a bill's period. */
export class TariffNotValidError extends HushgridError {
  override name = 'TariffNotValidError'
}

/** There is no such network. */
export class UnknownNetworkError extends HushgridError {
  override name = 'UnknownNetworkError'
}

/** What is to be recorded contradicts what is recorded; the first stays. */
export class ConflictError extends HushgridError {
  override name = 'ConflictError'
}

/** What is to be recorded is, or with what is recorded would give away, a single household's slot. */
export class SingleHouseholdError extends HushgridError {
  override name = 'SingleHouseholdError'
}

/** What is to be recorded is older than what the retention lets be kept. */
export class RetentionError extends HushgridError {
  override name = 'RetentionError'
}

/** The household's customer has withdrawn the consent that it takes. */
export class ConsentWithdrawnError extends HushgridError {
  override name = 'ConsentWithdrawnError'
}

/** The store is not what was written: something in it was changed, moved or removed. */
export class StoreDamagedError extends HushgridError {
  override name = 'StoreDamagedError'
}

/** The store was made by another version of this program, or by another program. */
export class StoreVersionError extends HushgridError {
  override name = 'StoreVersionError'
}

/** The store cannot be reached, read or written. */
export class StoreUnavailableError extends HushgridError {
  override name = 'StoreUnavailableError'
}

/** A key that the store needs is missing, or the key file cannot be trusted. */
export class KeyRingError extends HushgridError {
  override name = 'KeyRingError'
}
