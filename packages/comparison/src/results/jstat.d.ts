// jstat brings no types; of it only Student's t is used.
declare module 'jstat' {
  const jstat: {
    readonly studentt: {
      /** The value below which a share `p` of the distribution with `dof` degrees of freedom lies. */
      inv(p: number, dof: number): number
    }
  }
  export = jstat
}
