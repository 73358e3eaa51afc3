package org.postern.server.demo;

import com.icegreen.greenmail.Managers;
import com.icegreen.greenmail.imap.ImapHandler;
import com.icegreen.greenmail.server.AbstractServer;
import com.icegreen.greenmail.server.ProtocolHandler;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.net.Socket;
import java.net.SocketException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * GreenMail whose IMAP answers come at once. Its own server sends each answer in two pieces, and the second one waits for
 * a delayed acknowledgement of the first: 44 ms a command, half a second a page.
 */
final class PromptServer extends GreenMail {
    private static final Logger LOG = LoggerFactory.getLogger(PromptServer.class);

    PromptServer(ServerSetup[] setups) {
        super(setups);
    }

    @Override
    protected Map<String, AbstractServer> createServices(ServerSetup[] setups, Managers managers) {
        Map<String, AbstractServer> services = super.createServices(setups, managers);
        services.computeIfPresent(ServerSetup.PROTOCOL_IMAP, (name, own) -> new Imap(own.getServerSetup(), managers));
        return services;
    }

    /** The port of a protocol's server. */
    int port(String protocol) {
        AbstractServer service = services.get(protocol);
        if (service == null) {
            throw new IllegalArgumentException(protocol);
        }
        return service.getPort();
    }

    private static final class Imap extends AbstractServer {
        Imap(ServerSetup setup, Managers managers) {
            super(setup, managers);
        }

        @Override
        protected ProtocolHandler createProtocolHandler(Socket client) {
            try {
                client.setTcpNoDelay(true);
            } catch (SocketException slower) {
                LOG.debug("the answers will take longer", slower);
            }
            return new ImapHandler(managers.getUserManager(), managers.getImapHostManager(), client);
        }
    }
}
