<?php

require_once __DIR__ . '/lib/postern_login_issuer.php';
require_once __DIR__ . '/lib/postern_login_link.php';

/**
 * Logs in by a login token's URL: gives the token to Postern, and gets a session and a credential for it, with which
 * Roundcube logs in to IMAP and SMTP. What Postern ends is over here at the next click, and the other way round.
 */
class postern_login extends rcube_plugin
{
    private const MESSAGES = ['refused', 'throttled', 'unavailable', 'mail_server', 'no_mailbox', 'ended', 'read_only', 'denied'];
    private const LANGUAGES = [
        'da' => 'da_DK', 'de' => 'de_DE', 'el' => 'el_GR', 'en' => 'en_US', 'es' => 'es_ES', 'fr' => 'fr_FR',
        'it' => 'it_IT', 'nl' => 'nl_NL', 'no' => 'nb_NO', 'pt_br' => 'pt_BR', 'sv' => 'sv_SE',
    ];
    /** All that a read-only session may do, by task. */
    private const READING = [
        'mail' => ['', 'list', 'show', 'preview', 'print', 'get', 'headers', 'viewsource', 'search', 'pagenav',
            'getunread', 'check-recent', 'refresh', 'keep-alive'],
        'utils' => ['error', 'modcss'],
        'login' => [''],
        'logout' => [''],
    ];
    /** By their beginning: passwords, forwards (also as an identity's Bcc or Reply-To), and whom folders are shared with. */
    private const LASTING = ['plugin.password', 'plugin.managesieve', 'plugin.acl', 'identity-', 'save-identity',
        'add-identity', 'edit-identity', 'delete-identity'];
    /** Where Postern did not answer, how many seconds later the next click asks again. */
    private const PAUSE = 10;

    /** @var rcmail */
    private $rc;
    /** @var ?postern_login_link what came with this request */
    private $link;
    /** @var ?array what Postern answered to it */
    private $opened;
    /** @var string the language that this browser has without the link */
    private $own_language = '';
    /** @var string why the session ends that ends in this request */
    private $why = 'logout';
    /** @var string where its logout leads, or empty */
    private $target = '';

    /** Before anything else, since errors are logged with the address of the request. */
    function onload()
    {
        $this->link = postern_login_link::take();
        $this->add_hook('config_get', [$this, 'config_get']);
        $this->add_hook('preferences_update', [$this, 'preferences_update']);
    }

    function init()
    {
        $this->rc = rcmail::get_instance();
        $this->load_config();
        $this->add_texts('localization/');
        foreach (['startup', 'authenticate', 'login_after', 'login_failed', 'user_create', 'session_destroy',
            'logout_after', 'storage_connect', 'smtp_connect'] as $hook) {
            $this->add_hook($hook, [$this, $hook]);
        }
    }

    /** The session's language, which the owner's own does not change, and which does not change the owner's. */
    function config_get($args)
    {
        if ($args['name'] === 'language' && !empty($_SESSION['postern_login']['language'])) {
            $args['result'] = $_SESSION['postern_login']['language'];
        }
        return $args;
    }

    /** What a read-only session would write down, and with what Roundcube would read the owner's own settings again. */
    function preferences_update($args)
    {
        if (!empty($_SESSION['postern_login']['read_only'])) {
            $args['abort'] = true;
            return $args;
        }
        if (!empty($_SESSION['postern_login']['language'])) {
            $_SESSION['language'] = rcmail::get_instance()->user->data['language'];
        }
        return $args;
    }

    function startup($args)
    {
        if (isset($_SESSION['postern_login']) && $this->is_over()) {
            unset($_SESSION['postern_login']);
            $this->rc->kill_session();
            if (!$this->link) {
                $this->send_away('ended');
            }
        }
        if ($this->link) {
            return $this->enter($args);
        }
        if ($args['task'] === 'login' && $args['action'] === 'login') {
            $this->why = 'another login';
        } elseif (isset($_SESSION['postern_login'])) {
            $this->speak($_SESSION['postern_login']['language']);
            $this->restrict($args['task'], (string) $args['action']);
            $this->show_visit($args['task']);
        }
        $this->show_message();
        return $args;
    }

    /** Again, where Roundcube saved something of a new user before it came here: see preferences_update(). */
    private function speak($language)
    {
        if ($language && $language !== $_SESSION['language']) {
            $this->rc->load_language($language);
            $this->add_texts('localization/');
        }
    }

    private function is_over()
    {
        $session = $_SESSION['postern_login'];
        if (time() >= $session['ends']) {
            return true;
        }
        if (time() < $session['ask_at']) {
            return false;
        }
        try {
            return $this->issuer()->is_closed($session['id']);
        } catch (postern_login_unavailable $fault) {
            $this->log($fault);
            $_SESSION['postern_login']['ask_at'] = time() + self::PAUSE;
            return false;
        }
    }

    private function enter($args)
    {
        $link = $this->link;
        header('Cache-Control: no-store');
        header('Referrer-Policy: no-referrer');
        $language = $this->language($link->value('locale'));
        $this->own_language = $_SESSION['postern_login_own_language'] ?? $_SESSION['language'];
        if ($language && !$this->rc->user->ID) {
            $_SESSION['postern_login_own_language'] = $this->own_language;
            $this->rc->load_language($language);
            $this->add_texts('localization/');
        }
        if ($status = $link->objection()) {
            if ($status === 405) {
                header('Allow: GET, POST');
            }
            $this->page($status, html::p(null, $this->text('bad_request')));
        }
        $user = $link->value('user');
        $token = $link->value('pass');
        if ($user === '' || $token === '') {
            $this->send_away('refused');
        }
        if (isset($_SESSION['postern_login']) && hash_equals($_SESSION['postern_login']['link'], $this->mark())) {
            $this->rc->output->redirect(['_task' => 'mail']);
        }
        $note = $link->value('logout_redirect') === '' || $this->logout_redirect() !== '' ? '' : 'login_url, logout target dropped';
        try {
            $answer = $this->issuer()->redeem($user, $token, $link->is_post(), $note);
        } catch (postern_login_unavailable $fault) {
            $this->log($fault);
            $this->send_away('unavailable');
        }
        if ($answer['result'] === 'confirm') {
            $this->ask_for_a_click();
        }
        if ($answer['result'] !== 'redeemed') {
            $this->send_away($answer['result'] === 'throttled' ? 'throttled' : 'refused');
        }
        if ($answer['type'] === 'admin_only') {
            $this->end($answer['session'], 'no mailbox to be opened');
            $this->send_away('no_mailbox');
        }
        $this->opened = $answer;
        $this->why = 'another login';
        $this->rc->kill_session();
        // What autoselect_host() reads; and nothing else that a stranger may have sent.
        $_POST = ['_user' => $answer['mailbox']];
        // A stranger who types wrong passwords does not lock a token out; guesses at tokens are Postern's to count.
        $this->rc->config->set('login_rate_limit', 0);
        if ($answer['read_only'] === 'true') {
            $this->change_nothing();
        }
        return ['task' => 'login', 'action' => 'login'] + $args;
    }

    function authenticate($args)
    {
        if ($this->opened) {
            $args['user'] = $this->opened['mailbox'];
            $args['pass'] = $this->opened['credential'];
            $args['valid'] = true;
            $args['cookiecheck'] = false;
        }
        return $args;
    }

    /**
     * The credential is to be sent as it is, by the command LOGIN: what compares an encrypted one (CRAM-MD5) cannot work
     * with it, and Roundcube prefers that.
     */
    function storage_connect($args)
    {
        if ($this->opened || isset($_SESSION['postern_login'])) {
            $args['auth_type'] = 'IMAP';
        }
        return $args;
    }

    function smtp_connect($args)
    {
        if (isset($_SESSION['postern_login'])) {
            $args['smtp_auth_type'] = 'PLAIN';
        }
        return $args;
    }

    function user_create($args)
    {
        if ($this->opened) {
            $args['language'] = $this->language($this->opened['mailbox_locale']) ?: $this->own_language;
        }
        return $args;
    }

    function login_after($args)
    {
        if ($opened = $this->opened) {
            $_SESSION['postern_login'] = [
                'id' => $opened['session'],
                'link' => $this->mark(),
                'ends' => intdiv((int) $opened['ends'], 1000),
                'ask_at' => 0,
                'language' => $this->language($opened['locale'])
                    ?: $this->language($this->link->value('locale')) ?: $this->language($opened['mailbox_locale']),
                'read_only' => $opened['read_only'] === 'true',
                'issuer' => $opened['issuer'],
                'reason' => $opened['reason'],
                'logout_redirect' => $this->logout_redirect(),
            ];
        }
        return $args;
    }

    function login_failed($args)
    {
        if ($this->opened) {
            $this->end($this->opened['session'], 'refused by the mail server');
            $this->send_away('mail_server');
        }
        return $args;
    }

    /** Every way out of a session leads here: logout, another login, a cookie that does not fit. */
    function session_destroy($args)
    {
        if (isset($_SESSION['postern_login'])) {
            $this->end($_SESSION['postern_login']['id'], $this->why);
            $this->target = $_SESSION['postern_login']['logout_redirect'];
        }
        return $args;
    }

    function logout_after($args)
    {
        if ($this->target !== '') {
            header('Referrer-Policy: no-referrer');
            header('Location: ' . $this->target);
            exit;
        }
        return $args;
    }

    /** Whoever came with a token is not the owner: what would outlast the session is closed to him. */
    private function restrict($task, $action)
    {
        // Roundcube knows an action by both spellings.
        $spelled = strtr($action, '_', '-');
        foreach (array_merge(self::LASTING, (array) $this->rc->config->get('postern_login_denied_actions', [])) as $denied) {
            if (strncmp($spelled, strtr($denied, '_', '-'), strlen($denied)) === 0) {
                $this->deny('denied');
            }
        }
        if ($_SESSION['postern_login']['read_only']) {
            $this->change_nothing();
            if (!in_array($action, self::READING[$task] ?? [], true)) {
                $this->deny('read_only');
            }
        }
    }

    /** What Roundcube changes in a mailbox without being asked. */
    private function change_nothing()
    {
        $this->rc->config->set('mail_read_time', -1);
        $this->rc->config->set('mdn_requests', 2);
        $this->rc->config->set('logout_purge', false);
        $this->rc->config->set('logout_expunge', false);
        $this->rc->config->set('create_default_folders', false);
    }

    private function deny($why)
    {
        if ($this->rc->output->ajax_call || $this->rc->output->get_env('framed')) {
            $this->rc->output->show_message($this->gettext($why), 'error');
            $this->rc->output->send('iframe');
            exit;
        }
        $this->send_away($why);
    }

    /** On every page: whose support session this is. */
    private function show_visit($task)
    {
        if ($task === 'logout' || $this->rc->output->ajax_call || $this->rc->output->get_env('framed')) {
            return;
        }
        $session = $_SESSION['postern_login'];
        $line = $this->gettext([
            'name' => $session['read_only'] ? 'visit_read_only' : 'visit',
            'vars' => [
                'issuer' => $session['issuer'],
                'end' => $this->rc->format_date($session['ends'], 'H:i'),
                'reason' => $session['reason'],
            ],
        ]);
        $this->rc->output->add_footer(html::div([
            'id' => 'postern-visit',
            'role' => 'status',
            'style' => 'position:fixed;left:0;right:0;bottom:0;z-index:1000;padding:.15rem .6rem;background:#5a3e00;color:#fff;'
                . 'font-size:.8rem;white-space:nowrap;overflow:hidden;text-overflow:ellipsis',
            'title' => $line,
        ], rcube::Q($line)) . html::tag('style', null, '#layout{bottom:1.6rem!important;height:calc(100% - 1.6rem)!important}'));
    }

    private function show_message()
    {
        $name = $_SESSION['postern_login_message'] ?? (empty($this->rc->user->ID) ? $_GET['_postern'] ?? '' : '');
        if (in_array($name, self::MESSAGES, true) && !$this->rc->output->ajax_call) {
            unset($_SESSION['postern_login_message']);
            $this->rc->output->show_message($this->gettext($name), 'warning', null, true, -1);
        }
    }

    /** To a page of Roundcube's with this message: a clean address, so that the token's is gone. */
    private function send_away($message)
    {
        if (!empty($this->rc->user->ID)) {
            $_SESSION['postern_login_message'] = $message;
            $this->rc->output->redirect(['_task' => 'mail']);
        }
        $there = ['_task' => 'login', '_postern' => $message];
        if ($this->rc->output->ajax_call || $this->rc->output->get_env('framed')) {
            $this->rc->output->command('session_error', $this->rc->url($there));
            $this->rc->output->send('iframe');
            exit;
        }
        $this->rc->output->redirect($there);
    }

    /** A token that goes through mail wants a click, which no link scanner makes. */
    private function ask_for_a_click()
    {
        $fields = '';
        foreach (['user', 'pass', 'direct', 'logout_redirect', 'locale'] as $name) {
            $fields .= (new html_hiddenfield(['name' => $name, 'value' => $this->link->value($name)]))->show();
        }
        $this->page(200, html::p(null, $this->text('confirm'))
            . html::tag('form', ['method' => 'post', 'action' => './?_task=login&_action=login'],
                $fields . html::tag('button', ['id' => 'postern-confirm'], $this->text('confirm_button')))
        );
    }

    private function page($status, $content)
    {
        http_response_code($status);
        header('Content-Type: text/html; charset=utf-8');
        header("Content-Security-Policy: default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
        $language = substr((string) $_SESSION['language'], 0, 2);
        echo '<!DOCTYPE html><html lang="' . rcube::Q($language) . '"><meta name="viewport" content="width=device-width">'
            . '<title>' . $this->text('title') . '</title>' . $content . '</html>';
        exit;
    }

    private function text($name)
    {
        return rcube::Q($this->gettext($name));
    }

    /** Roundcube's name of a locale of Postern's, or empty. */
    private function language($locale)
    {
        return self::LANGUAGES[strtolower(strtr($locale, '-', '_'))] ?? '';
    }

    /** Tells this link from others, and does not tell the token to who reads Roundcube's sessions. */
    private function mark()
    {
        $who = strtolower($this->link->value('user')) . "\0" . $this->link->value('pass');
        return hash_hmac('sha256', $who, (string) $this->rc->config->get('postern_login_key'));
    }

    private function logout_redirect()
    {
        return $this->link->logout_redirect((array) $this->rc->config->get('postern_login_logout_hosts', []));
    }

    private function end($session, $why)
    {
        try {
            $this->issuer()->end($session, $why);
        } catch (postern_login_unavailable $fault) {
            $this->log($fault);
        }
    }

    private function issuer()
    {
        return new postern_login_issuer(
            (string) $this->rc->config->get('postern_login_url'),
            (string) $this->rc->config->get('postern_login_key'),
            rcube_utils::remote_addr(),
            (string) ($_SERVER['HTTP_USER_AGENT'] ?? '')
        );
    }

    private function log(postern_login_unavailable $fault)
    {
        rcube::write_log('errors', 'postern_login: ' . $fault->getMessage());
    }
}
