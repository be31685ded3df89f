/** The part of package-lock.json that matters here. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** Addresses in the lock file: they would tie everyone to the registry of whoever wrote it. */
export function findAddresses(lock: LockFile): readonly string[] {
  return Object.entries(lock.packages)
    .filter(([, { resolved }]) => resolved !== undefined && /^[a-z+]+:/.test(resolved))
    .map(([path]) => `${path}: write the lock file with npm's omit-lockfile-registry-resolved=true`)
}

/**
 * Optional packages, mostly builds for other platforms, that the lock file lacks: `npm ci` refuses such
 * a file. They are lacking when the registry did not have them as the file was written.
 */
export function findMissingOptionals(lock: LockFile): readonly string[] {
  const names = new Set(
    Object.keys(lock.packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)),
  )
  return Object.entries(lock.packages).flatMap(([path, locked]) => {
    const missing = Object.keys(locked.optionalDependencies ?? {}).filter(
      (name) => !names.has(name),
    )
    return missing.length === 0
      ? []
      : [
          `${path} ${locked.version}: ${missing.length} of its optional packages are not locked ` +
            `(${missing[0]} …); take a version whose builds are all in the registry`,
        ]
  })
}
