/** Why something that a server gave could not be used, or not be opened; the message is a sentence for the customer. */
export type CryptoFault = 'scheme' | 'password' | 'record' | 'batch' | 'machine'

/** Names what failed. Never holds a password, a key or a reading. */
export class CustomerCryptoError extends Error {
  override name = 'CustomerCryptoError'
  readonly fault: CryptoFault

  constructor(fault: CryptoFault, message: string) {
    super(message)
    this.fault = fault
  }
}
