/**
 * Runs a webmail with Postern as one program: {@link org.postern.server.Launcher} starts it by itself, with a server of
 * its own, and {@link org.postern.server.IssuingService} is what runs behind the pages, there and in a servlet container.
 * Which webmail it is, {@link org.postern.server.WebApplication} tells.
 */
@NullMarked
package org.postern.server;

import org.jspecify.annotations.NullMarked;
