/**
 * Temporal's server on PostgreSQL, as its own sample for development has it, without what only writes
 * figures and archives. The number of history shards, which is fixed for ever in a real
 * installation, is the sample's four unless it is said otherwise.
 */
export function temporalConfiguration(
  postgresAddress: string,
  ports: readonly number[],
  historyShards = 4,
): object {
  const [frontend = 0, ...others] = ports
  const database = (databaseName: string, maxConns: number) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: postgresAddress,
      connectProtocol: 'tcp',
      user: 'postgres',
      password: 'unused',
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  })
  const service = (grpcPort: number, membershipPort = 0) => ({
    rpc: { grpcPort, membershipPort, bindOnLocalHost: true },
  })
  return {
    log: { stdout: true, level: 'error' },
    persistence: {
      defaultStore: 'main',
      visibilityStore: 'visibility',
      numHistoryShards: historyShards,
      datastores: { main: database('bench', 20), visibility: database('visibility', 2) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: {
      frontend: service(frontend, others[0]),
      history: service(others[1] ?? 0, others[2]),
      matching: service(others[3] ?? 0, others[4]),
      worker: service(others[5] ?? 0, others[6]),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `127.0.0.1:${frontend}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
  }
}
