/**
 * Language of the pages' servers and the pages: types of requests and answers, and what programs and pages have to do in
 * the same way, as the rules of passwords and the export as Green Button data. It imports nothing, since the pages run in a
 * browser and the servers on Node.
 *
 * ```ts
 * import { CSRF_HEADER, type SessionInfo, type Totals } from '@hushgrid/web-api'
 *
 * const session: SessionInfo = await (await fetch('/api/session')).json()
 * const totals: Totals = await (await fetch('/api/networks/street-25/totals?from=…&until=…')).json()
 * await fetch('/api/session', { method: 'DELETE', headers: { [CSRF_HEADER]: session.csrf } })
 * ```
 *
 * @packageDocumentation
 */
export type * from './customer.ts'
export type * from './demo.ts'
export { GreenButtonError, type GreenButtonReadings, greenButton } from './green-button/green-button.ts'
export type * from './lab.ts'
export type * from './money.ts'
export * from './password.ts'
export * from './quantities.ts'
export * from './session.ts'
export type * from './supplier.ts'
