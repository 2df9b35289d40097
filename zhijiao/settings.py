"""All settings, in one file, from the environment (or a file .env beside manage.py).

The policy numbers that a bureau may want to change stand first; what a bureau changes every year
(terms, ratios, programmes) is data and stands in the database.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

# --- the bureau -----------------------------------------------------------------------------------
# The county this installation serves, until a workbook or load_demo names one.
COUNTY_NAME = env.str("COUNTY_NAME", default="本县")
# Folder with fonts the bureau has a licence for (仿宋_GB2312, 方正小标宋, 楷体_GB2312); preferred where present.
LICENSED_FONTS_DIR = env.str("LICENSED_FONTS_DIR", default="")
# The day of the month on which the schools have handed in the attendance of the month before.
ATTENDANCE_DUE_DAY = env.int("ATTENDANCE_DUE_DAY", default=5)
# How many days ahead a deadline is told, and how many an exemption's or a role's end.
DEADLINE_TOLD_DAYS = env.int("DEADLINE_TOLD_DAYS", default=3)
ENDING_TOLD_DAYS = env.int("ENDING_TOLD_DAYS", default=30)

# --- who may come in ------------------------------------------------------------------------------
# Wrong passwords before a user name, or everybody behind one address, has to wait; counted anew after so many seconds.
SIGN_INS_PER_NAME = env.int("SIGN_INS_PER_NAME", default=5)
SIGN_INS_PER_ADDRESS = env.int("SIGN_INS_PER_ADDRESS", default=50)  # a school is one address
SIGN_IN_SECONDS = env.int("SIGN_IN_SECONDS", default=15 * 60)
# Wrong passwords a minute on the whole site: what the hasher may take from everybody else.
SIGN_INS_PER_MINUTE = env.int("SIGN_INS_PER_MINUTE", default=300)
# Claim codes an address may try a minute, and how long a slip can be used; slips go out on paper, so two weeks.
CLAIMS_PER_MINUTE = env.int("CLAIMS_PER_MINUTE", default=10)
CLAIM_HOURS = env.int("CLAIM_HOURS", default=14 * 24)
# A session ends after this long without use, because computers at schools are shared,
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
# and after a working day, however much it was used.
SESSION_ABSOLUTE_SECONDS = env.int("SESSION_ABSOLUTE_SECONDS", default=12 * 60 * 60)
# How long a role may be lent to a deputy; for longer the bureau grants one.
DEPUTY_DAYS = env.int("DEPUTY_DAYS", default=60)
# How many proxies of ours stand before the site; each adds an address at the right of X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# Leave of so many working days is decided by the receiving school alone; longer leave by the bureau as well.
LEAVE_DAYS_SCHOOL_DECIDES = env.int("LEAVE_DAYS_SCHOOL_DECIDES", default=3)
# What one day of 旷工 or 事假 takes from the month's allowance, in 元, such as 50.00; empty: nothing is taken.
ALLOWANCE_DEDUCTION_ABSENT_DAY = env.str("ALLOWANCE_DEDUCTION_ABSENT_DAY", default="")
ALLOWANCE_DEDUCTION_PERSONAL_LEAVE_DAY = env.str("ALLOWANCE_DEDUCTION_PERSONAL_LEAVE_DAY", default="")

# --- limits of a workbook -------------------------------------------------------------------------
# A county's year fits many times; a hostile file does not (see zhijiao/workbook/container.py).
WORKBOOK_MAX_BYTES = env.int("WORKBOOK_MAX_BYTES", default=20 * 1024 * 1024)
WORKBOOK_MAX_UNPACKED_BYTES = env.int("WORKBOOK_MAX_UNPACKED_BYTES", default=200 * 1024 * 1024)
WORKBOOK_MAX_RATIO = env.int("WORKBOOK_MAX_RATIO", default=100)  # unpacked to packed; real files: 6 to 15
WORKBOOK_MAX_ENTRIES = env.int("WORKBOOK_MAX_ENTRIES", default=200)
WORKBOOK_MAX_ROWS = env.int("WORKBOOK_MAX_ROWS", default=100_000)
WORKBOOK_MAX_COLUMNS = env.int("WORKBOOK_MAX_COLUMNS", default=100)

# --- limits of a rendered document ----------------------------------------------------------------
DOCUMENT_CPU_SECONDS = env.int("DOCUMENT_CPU_SECONDS", default=300)
DOCUMENT_MEMORY_BYTES = env.int("DOCUMENT_MEMORY_BYTES", default=3 * 1024**3)

# --- Django ---------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="only-for-development" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "没有设置 SECRET_KEY。请在环境变量里给出一个足够长的随机密钥；只是试用时，可以设置 DEBUG=1。"
    )
# Encrypts ID numbers and bank cards. Keep it apart from the database and its backups. "id:base64,id:base64": the
# first encrypts, all of them decrypt. Empty: a key is derived from SECRET_KEY.
FIELD_KEYS = env.str("FIELD_KEYS", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    *(["django.contrib.admin"] if DEBUG else []),  # development only: it goes round the workflow and the trail
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "zhijiao.accounts",
    "zhijiao.entry",
    "zhijiao.attachments",
    "zhijiao.notices",
    "zhijiao.workbook",
    "assignments",
    "evaluations",
    "reports",
]

MIDDLEWARE = [
    "zhijiao.accounts.trace.TraceRequests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zhijiao.accounts.middleware.EndSessions",
    "zhijiao.accounts.middleware.PrivatePages",
    "zhijiao.accounts.middleware.SignInRequired",
    "zhijiao.accounts.middleware.SecondFactorFirst",
    "zhijiao.accounts.refused.RecordRefusals",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "assignments.closing.OfferNothingClosed",
    "zhijiao.refusals.TellRefusals",
]

ROOT_URLCONF = "zhijiao.urls"
WSGI_APPLICATION = "zhijiao.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhijiao.navigation.frame",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- database -------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL with synchronous=NORMAL loses acknowledged commits in a power cut, and a deferred BEGIN fails under
    # concurrent writers; FULL and IMMEDIATE do neither.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }
else:
    # Without the TCP settings a failover of the database was never noticed.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        {
            "connect_timeout": 2,
            "tcp_user_timeout": 3000,
            "keepalives": 1,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
        }
    )
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people who sign in ---------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["zhijiao.accounts.backends.AccountBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = ["zhijiao.accounts.hashers.Argon2idPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "phone")},
    },
    {"NAME": "zhijiao.accounts.passwords.LengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "zhijiao.accounts.passwords.ContextWordsValidator"},
]
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- e-mail: notices go out by it where a server is named; the site works without ------------------
EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=EMAIL_HOST_USER or "zhijiao@localhost")
# What need not be done before the answer is a row of a table until `manage.py run_jobs` has done it.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
SITE_URL = env.str("SITE_URL", default="")  # how the site is reached from outside, for the addresses in an e-mail

# --- language and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True  # Django's own messages in Chinese; ours are written in Chinese
USE_TZ = True
FORMAT_MODULE_PATH = ["zhijiao.formats"]

# --- static files ---------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))  # uploads, kept workbooks: never served as files
MEDIA_ROOT = VAR_DIR / "media"

# --- the browser ----------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
HTTPS = env.bool("HTTPS", default=False)  # the site stands behind a proxy that speaks TLS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 30
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"personal_data": {"()": "zhijiao.accounts.logs.HidePersonalData"}},
    "formatters": {
        "server": {"()": "django.utils.log.ServerFormatter", "format": "[{server_time}] {message}", "style": "{"}
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["personal_data"]},
        "server": {"class": "logging.StreamHandler", "filters": ["personal_data"], "formatter": "server"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        # runserver's own lines, through the same filter: the address of a questionnaire holds its code.
        "django.server": {"handlers": ["server"], "level": "INFO", "propagate": False},
    },
}
