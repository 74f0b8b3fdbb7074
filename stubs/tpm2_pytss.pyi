"""The part of tpm2-pytss 3 that nodechain uses; the package has no types of its own."""

class ESYS_TR(int):
    NONE: ESYS_TR
    PASSWORD: ESYS_TR
    OWNER: ESYS_TR

class TPM2_SE(int):
    HMAC: TPM2_SE
    TRIAL: TPM2_SE

class TPM2_ALG(int):
    ECC: TPM2_ALG
    ECDSA: TPM2_ALG
    NULL: TPM2_ALG
    SHA256: TPM2_ALG

class TPM2_ECC(int):
    NIST_P256: TPM2_ECC

class TPMA_OBJECT(int):
    FIXEDTPM: TPMA_OBJECT
    FIXEDPARENT: TPMA_OBJECT
    SENSITIVEDATAORIGIN: TPMA_OBJECT
    USERWITHAUTH: TPMA_OBJECT
    RESTRICTED: TPMA_OBJECT
    SIGN_ENCRYPT: TPMA_OBJECT
    def __or__(self, other: int) -> TPMA_OBJECT: ...

class TPM2B_ECC_PARAMETER:
    def __bytes__(self) -> bytes: ...

class TPM2B_PRIVATE: ...
class TPM2B_NAME: ...
class TPM2B_TIMEOUT: ...
class TPMT_TK_AUTH: ...
class TPMT_TK_CREATION: ...
class TPM2B_CREATION_DATA: ...
class TPM2B_DIGEST: ...

class TPMS_ECC_POINT:
    x: TPM2B_ECC_PARAMETER
    y: TPM2B_ECC_PARAMETER

class TPMU_PUBLIC_ID:
    ecc: TPMS_ECC_POINT

class TPMS_ECC_PARMS:
    curveID: int

class TPMU_PUBLIC_PARMS:
    eccDetail: TPMS_ECC_PARMS

class TPMT_PUBLIC:
    type: int
    objectAttributes: int
    parameters: TPMU_PUBLIC_PARMS
    unique: TPMU_PUBLIC_ID

class TPM2B_PUBLIC:
    publicArea: TPMT_PUBLIC
    @classmethod
    def parse(cls, alg: str, objectAttributes: TPMA_OBJECT = ...) -> TPM2B_PUBLIC: ...

class TPMS_SENSITIVE_CREATE:
    def __init__(self, *, userAuth: bytes = ...) -> None: ...

class TPM2B_SENSITIVE_CREATE:
    def __init__(self, *, sensitive: TPMS_SENSITIVE_CREATE) -> None: ...

class TPMT_SYM_DEF:
    def __init__(self, *, algorithm: TPM2_ALG) -> None: ...

class TPMS_SCHEME_HASH:
    hashAlg: int

class TPMU_SIG_SCHEME:
    any: TPMS_SCHEME_HASH

class TPMT_SIG_SCHEME:
    details: TPMU_SIG_SCHEME
    def __init__(self, *, scheme: TPM2_ALG) -> None: ...

class TPMS_SIGNATURE_ECC:
    signatureR: TPM2B_ECC_PARAMETER
    signatureS: TPM2B_ECC_PARAMETER

class TPMU_SIGNATURE:
    ecdsa: TPMS_SIGNATURE_ECC

class TPMT_SIGNATURE:
    signature: TPMU_SIGNATURE

class TSS2_Exception(RuntimeError):
    @property
    def error(self) -> int: ...

class ESAPI:
    def __init__(self, tcti: str | None = None) -> None: ...
    def close(self) -> None: ...
    def tr_from_tpmpublic(self, handle: int) -> ESYS_TR: ...
    def tr_set_auth(self, esys_handle: ESYS_TR, auth_value: bytes) -> None: ...
    def start_auth_session(
        self,
        tpm_key: ESYS_TR,
        bind: ESYS_TR,
        session_type: TPM2_SE,
        symmetric: TPMT_SYM_DEF,
        auth_hash: TPM2_ALG,
    ) -> ESYS_TR: ...
    def create_primary(
        self, in_sensitive: TPM2B_SENSITIVE_CREATE | None, in_public: str
    ) -> tuple[ESYS_TR, TPM2B_PUBLIC, TPM2B_CREATION_DATA, TPM2B_DIGEST, TPMT_TK_CREATION]: ...
    def create(
        self, parent_handle: ESYS_TR, in_sensitive: TPM2B_SENSITIVE_CREATE, in_public: TPM2B_PUBLIC
    ) -> tuple[TPM2B_PRIVATE, TPM2B_PUBLIC, TPM2B_CREATION_DATA, TPM2B_DIGEST, TPMT_TK_CREATION]: ...
    def load(self, parent_handle: ESYS_TR, in_private: TPM2B_PRIVATE, in_public: TPM2B_PUBLIC) -> ESYS_TR: ...
    def evict_control(self, auth: ESYS_TR, object_handle: ESYS_TR, persistent_handle: int) -> ESYS_TR: ...
    def read_public(self, object_handle: ESYS_TR) -> tuple[TPM2B_PUBLIC, TPM2B_NAME, TPM2B_NAME]: ...
    def policy_secret(
        self,
        auth_handle: ESYS_TR,
        policy_session: ESYS_TR,
        *,
        expiration: int = ...,
        session1: ESYS_TR = ...,
    ) -> tuple[TPM2B_TIMEOUT, TPMT_TK_AUTH]: ...
    def sign(
        self, key_handle: ESYS_TR, digest: bytes, in_scheme: TPMT_SIG_SCHEME, *, session1: ESYS_TR = ...
    ) -> TPMT_SIGNATURE: ...
    def flush_context(self, flush_handle: ESYS_TR) -> None: ...
