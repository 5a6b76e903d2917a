/**
 * Stands in for jiti in the migrations bundle. node-pg-migrate makes one when it is loaded and
 * would use it for migrations written in JavaScript or TypeScript; ours are SQL.
 */
export function createJiti() {
  return {
    import: () => Promise.reject(new Error('Only SQL migrations can be run by this image.')),
  };
}
