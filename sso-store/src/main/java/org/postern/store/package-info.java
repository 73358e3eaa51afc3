/**
 * The backend on a SQL database, H2 or PostgreSQL: {@link org.postern.store.SqlBackendProvider}, and the keys of the
 * embedded default: {@link org.postern.store.KeyFile}.
 */
@NullMarked
package org.postern.store;

import org.jspecify.annotations.NullMarked;
