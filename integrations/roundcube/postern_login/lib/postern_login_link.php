<?php

/** What a request to the login URL says, read from its raw query string and form, before anybody else interprets them. */
final class postern_login_link
{
    /** Each of these once, over query and form together. */
    private const ONCE = [['_task'], ['_action'], ['user', '_user'], ['pass', '_pass'], ['direct'], ['logout_redirect'], ['locale']];

    private $method;
    private $fields;
    private $no_visit;

    private function __construct($method, array $fields, $no_visit)
    {
        $this->method = $method;
        $this->fields = $fields;
        $this->no_visit = $no_visit;
    }

    /** The link of this request, taken out of it so that no log gets its token; or null where it is none. */
    public static function take()
    {
        $query = (string) ($_SERVER['QUERY_STRING'] ?? '');
        $parts = explode('&', $query);
        if (!in_array('_task=login', $parts, true) || !in_array('_action=login', $parts, true)) {
            return null;
        }
        $method = $_SERVER['REQUEST_METHOD'] ?? '';
        if ($method === 'POST') {
            $parts = array_merge($parts, explode('&', (string) file_get_contents('php://input')));
        }
        $fields = [];
        foreach ($parts as $part) {
            list($name, $value) = explode('=', $part, 2) + [1 => ''];
            $fields[urldecode($name)][] = urldecode($value);
        }
        $destination = $_SERVER['HTTP_SEC_FETCH_DEST'] ?? 'document';
        $purpose = ($_SERVER['HTTP_SEC_PURPOSE'] ?? '') . ($_SERVER['HTTP_PURPOSE'] ?? '') . ($_SERVER['HTTP_X_MOZ'] ?? '') . ($_SERVER['HTTP_X_PURPOSE'] ?? '');
        $link = new self($method, $fields, $destination !== 'document' || preg_match('/prefetch|prerender|preview/i', $purpose));

        $_SERVER['QUERY_STRING'] = '_task=login&_action=login';
        $_SERVER['REQUEST_URI'] = strtok((string) ($_SERVER['REQUEST_URI'] ?? ''), '?') . '?_task=login&_action=login';
        $_GET = ['_task' => 'login', '_action' => 'login'];
        $_POST = [];
        $_REQUEST = $_GET;
        return $link;
    }

    public function is_post()
    {
        return $this->method === 'POST';
    }

    /** The status with which the request is refused as it is, or 0. */
    public function objection()
    {
        if ($this->method !== 'GET' && $this->method !== 'POST') {
            return 405;
        }
        if ($this->no_visit) {
            return 403;
        }
        foreach (self::ONCE as $names) {
            if ($this->count($names) > 1) {
                return 400;
            }
        }
        foreach ($this->fields as $name => $values) {
            if (!mb_check_encoding($name . implode($values), 'UTF-8')) {
                return 400;
            }
        }
        return 0;
    }

    private function count(array $names)
    {
        $count = 0;
        foreach ($names as $name) {
            $count += count($this->fields[$name] ?? []);
        }
        return $count;
    }

    /** The value of a parameter, or empty text. */
    public function value($name)
    {
        $other = $name === 'user' || $name === 'pass' ? "_$name" : $name;
        return $this->fields[$name][0] ?? $this->fields[$other][0] ?? '';
    }

    /**
     * Where a logout is to lead, or empty text: it counts only with direct=1, and only as a clean absolute URL. The rule
     * is that of Postern's own filter; no parser is asked, since browsers and parsers disagree.
     *
     * @param string[] $allowed host names, or *.domain for the hosts below a domain; empty: every host
     */
    public function logout_redirect(array $allowed)
    {
        $url = $this->value('logout_redirect');
        $label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
        $char = "(?:[A-Za-z0-9._\\~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
        $clean = "~\\A(?i:https?)://(?<host>$label(?:\\.$label)*|\\[[0-9a-f:]{2,39}\\])(?::(?<port>[0-9]{1,5}))?"
            . "(?:/$char*+)*+(?:\\?(?:$char|[/?])*+)?(?:#(?:$char|[/?])*+)?\\z~";
        if ($this->value('direct') !== '1' || strlen($url) > 2048 || preg_match($clean, $url, $parts) !== 1
            || (int) ($parts['port'] ?? 0) > 65535) {
            return '';
        }
        $host = strtolower($parts['host']);
        return self::is_canonical($host) && self::is_allowed($host, $allowed) ? $url : '';
    }

    /** A name, or an address in the one form that every reader reads alike. */
    private static function is_canonical($host)
    {
        if ($host[0] === '[') {
            $address = substr($host, 1, -1);
            $bytes = @inet_pton($address);
            return $bytes !== false && inet_ntop($bytes) === $address;
        }
        $number = preg_match('/(?:\A|\.)(?:[0-9]+|0x[0-9a-f]*)\z/', $host) === 1;
        return strlen($host) <= 253 && (!$number || filter_var($host, FILTER_VALIDATE_IP, FILTER_FLAG_IPV4) === $host);
    }

    private static function is_allowed($host, array $allowed)
    {
        foreach ($allowed as $name) {
            $name = strtolower($name);
            if ($host === $name
                || (strncmp($name, '*.', 2) === 0 && strlen($host) > strlen($name) - 1
                    && substr($host, 1 - strlen($name)) === substr($name, 1))) {
                return true;
            }
        }
        return !$allowed;
    }
}
