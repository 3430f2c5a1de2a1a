/** Cause of a failure to use or open what a server gave; the message is a sentence for the customer. */
export type CryptoFault = 'scheme' | 'password' | 'record' | 'batch' | 'machine'

/** Names the failed part. Never holds a password, a key or a reading. */
export class CustomerCryptoError extends Error {
  override name = 'CustomerCryptoError'
  readonly fault: CryptoFault

  constructor(fault: CryptoFault, message: string) {
    super(message)
    this.fault = fault
  }
}
