// jstat brings no types; of it only Student's t is used.
declare module 'jstat' {
  const jstat: {
    readonly studentt: {
      /** Gives the value below which a share `p` of the distribution with `dof` degrees of freedom lies. */
      inv(p: number, dof: number): number
    }
  }
  export = jstat
}
