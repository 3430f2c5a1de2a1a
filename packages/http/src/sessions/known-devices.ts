// Browsers from which an account has signed in before.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { cookieName, cookieOptions } from './session-cookie.ts'

/** Time for which a browser keeps the cookie, s; it begins anew with each sign-in. */
const KEPT_FOR = 180 * 86_400
/** Most accounts of one browser; one more takes the place of the one that signed in first. */
const MOST_EACH = 8
const NONCE_BYTES = 12
const MAC_BYTES = 16

/**
 * Devices that are known for an account, by a cookie that outlives the session ("device cookies" of OWASP). It holds a
 * random number and its HMAC-SHA-256 with the account, so that nobody can make one, and the server keeps none. It signs
 * nobody in: it gives its browser a count of failures of its own ({@link SignInTry}).
 */
export class KnownDevices {
  readonly #key: Uint8Array

  /** @param key - 32 bytes; with another one all devices are unknown */
  constructor(key: Uint8Array) {
    this.#key = key
  }

  /** Gives the device of a request, where the account has signed in from there. */
  find(c: Context, account: string): string | undefined {
    return tokensOf(c).find(token => this.#isOf(token, account))
  }

  /** Makes the request's browser known for an account that has just signed in there. */
  remember(c: Context, account: string): void {
    const nonce = randomBytes(NONCE_BYTES)
    const token = this.find(c, account) ?? Buffer.concat([nonce, this.#mac(nonce, account)]).toString('base64url')
    const others = tokensOf(c).filter(each => each !== token)
    setCookie(c, cookieName(c, 'device'), [token, ...others].slice(0, MOST_EACH).join('.'), { ...cookieOptions(c), maxAge: KEPT_FOR })
  }

  #isOf(token: string, account: string): boolean {
    const bytes = Buffer.from(token, 'base64url')
    if (bytes.length !== NONCE_BYTES + MAC_BYTES) return false
    return timingSafeEqual(bytes.subarray(NONCE_BYTES), this.#mac(bytes.subarray(0, NONCE_BYTES), account))
  }

  #mac(nonce: Uint8Array, account: string): Buffer {
    return createHmac('sha256', this.#key).update('hushgrid/v1/device\0').update(nonce).update(account).digest().subarray(0, MAC_BYTES)
  }
}

/** Reads the cookie, whatever anybody has put into it. */
function tokensOf(c: Context): string[] {
  const text = getCookie(c, cookieName(c, 'device')) ?? ''
  return text.split('.', MOST_EACH).filter(token => /^[\w-]{38}$/.test(token))
}
