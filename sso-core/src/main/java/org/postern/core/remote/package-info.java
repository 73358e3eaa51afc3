/**
 * A webmail without a store asks the issuing service over HTTP: {@link org.postern.core.remote.RemoteLogins} on its
 * side, {@link org.postern.core.remote.NodeEndpoint} on the other.
 */
@NullMarked
package org.postern.core.remote;

import org.jspecify.annotations.NullMarked;
