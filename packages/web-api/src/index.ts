export type * from './customer.ts'
export type * from './lab.ts'
export * from './session.ts'
export type * from './supplier.ts'
