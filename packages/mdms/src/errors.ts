import { HushgridError } from '@hushgrid/primitives'

/** An account that does not hold the role it acts in, or a role that may not do this. */
export class NotAllowedError extends HushgridError {
  override name = 'NotAllowedError'
}

/** An account that does not exist. */
export class UnknownAccountError extends HushgridError {
  override name = 'UnknownAccountError'
}

/** A household that this account may not ask for, whether or not it exists. */
export class UnknownHouseholdError extends HushgridError {
  override name = 'UnknownHouseholdError'
}

/** A tariff that does not exist, or has another text. */
export class UnknownTariffError extends HushgridError {
  override name = 'UnknownTariffError'
}

/** A tariff that is not valid in all of a bill's period. */
export class TariffNotValidError extends HushgridError {
  override name = 'TariffNotValidError'
}

/** A network that does not exist. */
export class UnknownNetworkError extends HushgridError {
  override name = 'UnknownNetworkError'
}

/** A record that contradicts an earlier one; the first stays. */
export class ConflictError extends HushgridError {
  override name = 'ConflictError'
}

/** A record that is a single household's slot, or would give one away beside earlier records. */
export class SingleHouseholdError extends HushgridError {
  override name = 'SingleHouseholdError'
}

/** A record that is older than the retention allows. */
export class RetentionError extends HushgridError {
  override name = 'RetentionError'
}

/** A record that takes a consent which the household's customer has withdrawn. */
export class ConsentWithdrawnError extends HushgridError {
  override name = 'ConsentWithdrawnError'
}

/** A store in which something was changed, moved or removed. */
export class StoreDamagedError extends HushgridError {
  override name = 'StoreDamagedError'
}

/** A store that another version of this program, or another program, made. */
export class StoreVersionError extends HushgridError {
  override name = 'StoreVersionError'
}

/** A store that cannot be reached, read or written. */
export class StoreUnavailableError extends HushgridError {
  override name = 'StoreUnavailableError'
}

/** A key of the store that is missing, or a key file that cannot be trusted. */
export class KeyRingError extends HushgridError {
  override name = 'KeyRingError'
}
