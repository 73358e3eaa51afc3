<?php

/** Postern gave no answer, or none that is one. Says nothing of the token. */
class postern_login_unavailable extends Exception
{
}

/** Asks Postern, by the protocol of docs/embedding.md in its sources: forms over HTTP, both ways. */
final class postern_login_issuer
{
    private const PATIENCE = 3; // seconds
    private const LONGEST_ANSWER = 65536;

    private $url;
    private $key;
    private $client;

    public function __construct($url, $key, $address, $agent)
    {
        $this->url = rtrim($url, '/') . '/sso/node/';
        $this->key = $key;
        $this->client = ['address' => $address, 'agent' => $agent];
    }

    /** What came of a token; `result` says it. The other fields of a session are there where it was redeemed. */
    public function redeem($user, $token, $confirmed, $note)
    {
        $answer = $this->ask('redeem', [
            'attempt' => self::uuid(),
            'user' => $user,
            'secret' => $token,
            'channel' => 'LOGIN_URL',
            'confirmed' => $confirmed ? 'true' : 'false',
            'note' => $note,
        ] + $this->client);
        $fields = ['session', 'mailbox', 'type', 'issuer', 'reason', 'locale', 'read_only', 'ends', 'credential', 'mailbox_locale'];
        if (!isset($answer['result'])
            || ($answer['result'] === 'redeemed' && array_diff($fields, array_keys($answer)))) {
            throw new postern_login_unavailable('an unexpected answer');
        }
        return $answer;
    }

    /** Ends a session, and its credential with it; nothing happens where it is over. */
    public function end($session, $why)
    {
        $this->ask('end', ['session' => $session, 'why' => $why] + $this->client);
    }

    /** Whether a session is over: ended in Postern, its token revoked, its mailbox suspended. */
    public function is_closed($session)
    {
        $answer = $this->ask('closed', ['sessions' => $session]);
        if (!isset($answer['sessions'])) {
            throw new postern_login_unavailable('an unexpected answer');
        }
        return $answer['sessions'] !== '';
    }

    private function ask($call, array $fields)
    {
        $context = stream_context_create(['http' => [
            'method' => 'POST',
            'header' => [
                'Authorization: Bearer ' . $this->key,
                'Content-Type: application/x-www-form-urlencoded',
                'Connection: close',
            ],
            'content' => http_build_query($fields),
            'timeout' => self::PATIENCE,
            'ignore_errors' => true,
            'follow_location' => 0,
            'protocol_version' => 1.1,
        ]]);
        $body = $this->send($call, $context, $status);
        if ($body === false) {
            // The very same message again: an answer that was lost does not cost the token.
            $body = $this->send($call, $context, $status);
        }
        if ($body === false) {
            throw new postern_login_unavailable("no answer from {$this->url}"
                . (ini_get('allow_url_fopen') ? '' : ': allow_url_fopen is off in php.ini'));
        }
        if ($status !== 200) {
            throw new postern_login_unavailable("{$this->url} answered $status"
                . ($status === 403 ? ': this key, or this host\'s address, is not the right one' : ''));
        }
        parse_str($body, $answer);
        return $answer;
    }

    private function send($call, $context, &$status)
    {
        $status = 0;
        $body = @file_get_contents($this->url . $call, false, $context, 0, self::LONGEST_ANSWER);
        if ($body !== false && preg_match('~^HTTP/\S+ ([0-9]{3})~', $http_response_header[0] ?? '', $found)) {
            $status = (int) $found[1];
        }
        return $status === 0 ? false : $body;
    }

    private static function uuid()
    {
        return vsprintf('%s%s-%s-4%s-a%s-%s%s%s', array_map(
            function ($i) {
                $hex = bin2hex(random_bytes(2));
                return $i === 3 || $i === 4 ? substr($hex, 1) : $hex;
            },
            range(0, 7)
        ));
    }
}
