package org.postern.core.service;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.postern.core.DomainName;
import org.postern.core.settings.Company;
import org.postern.core.spi.MailDirectory;

/** What the company that owns a domain wants. The directory is asked only where some company has settings. Thread-safe. */
final class Companies {
    private final MailDirectory directory;
    private final Map<String, Company> byName;

    Companies(MailDirectory directory, List<Company> companies) {
        this.directory = directory;
        this.byName = companies.stream().collect(Collectors.toUnmodifiableMap(Company::name, Function.identity()));
    }

    Company of(DomainName domain) {
        if (byName.isEmpty()) {
            return Company.PLAIN;
        }
        return directory
                .companyOf(domain)
                .map(name -> byName.getOrDefault(name, Company.PLAIN))
                .orElse(Company.PLAIN);
    }
}
