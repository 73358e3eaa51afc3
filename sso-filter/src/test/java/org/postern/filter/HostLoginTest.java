package org.postern.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postern.core.Acme;
import org.postern.core.Secret;
import org.postern.core.SetClock;
import org.postern.core.service.Refusal;

/** What a host says of its own passwords. */
class HostLoginTest {
    private static final String ALICE = "alice@acme.example";

    private final FakeLogins logins = new FakeLogins();
    private final Gate gate = new Gate(logins, Acme.settings(Map.of()), SetClock.atNoon(), List.of(), "");
    private final ServletContext context = mock(ServletContext.class);

    @AfterEach
    void close() {
        gate.close();
    }

    private HostLogin login() {
        when(context.getAttribute(Gate.ATTRIBUTE)).thenReturn(gate);
        return HostLogin.of(context).orElseThrow();
    }

    private static HttpServletRequest request() {
        HttpServletRequest request = mock(HttpServletRequest.class);
        Map<String, Object> attributes = new HashMap<>();
        when(request.getRemoteAddr()).thenReturn("127.0.0.1");
        when(request.getHeaders(anyString())).thenAnswer(i -> Collections.emptyEnumeration());
        when(request.getAttribute(anyString())).thenAnswer(i -> attributes.get(i.<String>getArgument(0)));
        doAnswer(i -> attributes.put(i.getArgument(0), i.getArgument(1)))
                .when(request)
                .setAttribute(anyString(), any());
        doAnswer(i -> attributes.remove(i.<String>getArgument(0))).when(request).removeAttribute(anyString());
        return request;
    }

    @Test
    void passwordUnchecked_takesThisRequestsGuessBack_once() {
        HttpServletRequest request = request();
        login().passwordUnchecked(request, ALICE);
        assertThat(logins.unchecked).isEmpty();
        assertThat(login().redeem(request, ALICE, Secret.of("x"))).isInstanceOf(HostLogin.Refused.class);
        login().passwordUnchecked(request, ALICE);
        login().passwordUnchecked(request, ALICE);
        assertThat(logins.unchecked).containsExactly(ALICE);
    }

    /** A spent token is none: presenting it over and over in an outage would clear what was counted before. */
    @ParameterizedTest
    @EnumSource(
            value = Refusal.class,
            names = {"USED", "EXPIRED", "REVOKED", "WRONG_TYPE", "SUSPENDED"})
    void passwordUnchecked_whereNothingWasCounted_takesNothingBack(Refusal why) {
        logins.refusal = why;
        HttpServletRequest request = request();
        assertThat(login().redeem(request, ALICE, Secret.of("x"))).isInstanceOf(HostLogin.Refused.class);
        login().passwordUnchecked(request, ALICE);
        assertThat(logins.unchecked).isEmpty();
    }
}
