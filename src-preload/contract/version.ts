/** Raised with every incompatible change; a client with another version is refused. */
export const CONTRACT_VERSION = 1;
