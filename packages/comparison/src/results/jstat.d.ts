// jstat brings no types; of it only Student's t and, in the evaluation, the beta distribution are used.
declare module 'jstat' {
  const jstat: {
    readonly beta: {
      /** Gives the value below which a share `p` of the beta distribution with these parameters lies. */
      inv(p: number, alpha: number, beta: number): number
    }
    readonly studentt: {
      /** Gives the value below which a share `p` of the distribution with `dof` degrees of freedom lies. */
      inv(p: number, dof: number): number
    }
  }
  export = jstat
}
