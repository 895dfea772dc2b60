from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

TAKES, ACTS, NOTHING = "takes the credential away", "can only act while the page is open", "can do nothing"


class XssTheft(Experiment):
    slug = "steal-by-script"
    title = _("Theft by script (XSS)")
    question = _(
        "You are signed in. Your page loads a library that an attacker has changed, so the attacker's script runs in "
        "your page. What can the script do with your credential?"
    )
    choices = [
        Choice(
            TAKES,
            _("Read it, send it away, and use it from anywhere."),
            _("A script in the page can read every credential of the page."),
        ),
        Choice(
            ACTS,
            _("Not read it, but act as you while the page is open."),
            _("Browsers hide every credential from scripts."),
        ),
        Choice(
            NOTHING, _("Nothing: scripts cannot read it."), _("A script cannot use a credential that it cannot read.")
        ),
    ]
    rows = ["theft", "security"]
    browser = True
    attack = TAKES
    fix = _(
        "Store the credential in an HttpOnly cookie. And load no third-party scripts: a script can still act as the "
        "user while the page is open."
    )
    explanation = _(
        "The script comes from this site's own address, so the content security policy allows it. HttpOnly hides a "
        "cookie from it. Nothing hides localStorage, or a variable that the page uses for its header. A stolen "
        "credential works until it expires. If the script cannot read the credential, it can still act as you while "
        "the page is open: the browser adds the cookie, and the script reads the CSRF token."
    )
    sources = [
        (
            "OWASP HTML5 Security Cheat Sheet: Local Storage",
            "https://cheatsheetseries.owasp.org/cheatsheets/HTML5_Security_Cheat_Sheet.html#local-storage",
        ),
        ("RFC 6265, section 4.1.2.6: HttpOnly", "https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2.6"),
    ]

    def expected(self, variant):
        return TAKES if variant.transport.readable else ACTS
