// @generated from specs/fal.yaml by `cargo xtask generate fal`. Do not edit: change the spec.

//! String enums of the spec; each keeps values it does not know.

videogen_wire::open_enum! {
    /// What became of a cancellation.
    pub enum CancellationStatus {
        CancellationRequested = "CANCELLATION_REQUESTED",
        AlreadyCompleted = "ALREADY_COMPLETED",
        NotFound = "NOT_FOUND",
    }

    /// Length of a Kling video.
    pub enum KlingDuration {
        V3 = "3",
        V4 = "4",
        V5 = "5",
        V6 = "6",
        V7 = "7",
        V8 = "8",
        V9 = "9",
        V10 = "10",
        V11 = "11",
        V12 = "12",
        V13 = "13",
        V14 = "14",
        V15 = "15",
    }

    /// Aspect ratio.
    pub enum KlingRatio {
        V16x9 = "16:9",
        V9x16 = "9:16",
        V1x1 = "1:1",
    }

    /// How much the checker lets pass, from little to much.
    pub enum SafetyTolerance {
        V1 = "1",
        V2 = "2",
        V3 = "3",
        V4 = "4",
        V5 = "5",
        V6 = "6",
    }

    /// Length of a Seedance 1.5 video.
    pub enum Seedance15Duration {
        V4 = "4",
        V5 = "5",
        V6 = "6",
        V7 = "7",
        V8 = "8",
        V9 = "9",
        V10 = "10",
        V11 = "11",
        V12 = "12",
    }

    /// Aspect ratio.
    pub enum Seedance15Ratio {
        V21x9 = "21:9",
        V16x9 = "16:9",
        V4x3 = "4:3",
        V1x1 = "1:1",
        V3x4 = "3:4",
        V9x16 = "9:16",
    }

    /// Resolution tier.
    pub enum Seedance15Resolution {
        V480p = "480p",
        V720p = "720p",
        V1080p = "1080p",
    }

    /// Length of a Seedance 2.5 video.
    pub enum Seedance25Duration {
        Auto = "auto",
        V4 = "4",
        V5 = "5",
        V6 = "6",
        V7 = "7",
        V8 = "8",
        V9 = "9",
        V10 = "10",
        V11 = "11",
        V12 = "12",
        V13 = "13",
        V14 = "14",
        V15 = "15",
        V16 = "16",
        V17 = "17",
        V18 = "18",
        V19 = "19",
        V20 = "20",
        V21 = "21",
        V22 = "22",
        V23 = "23",
        V24 = "24",
        V25 = "25",
        V26 = "26",
        V27 = "27",
        V28 = "28",
        V29 = "29",
        V30 = "30",
    }

    /// Length of a Seedance 2.0 video.
    pub enum Seedance2Duration {
        Auto = "auto",
        V4 = "4",
        V5 = "5",
        V6 = "6",
        V7 = "7",
        V8 = "8",
        V9 = "9",
        V10 = "10",
        V11 = "11",
        V12 = "12",
        V13 = "13",
        V14 = "14",
        V15 = "15",
    }

    /// Aspect ratio.
    pub enum Seedance2Ratio {
        Auto = "auto",
        V21x9 = "21:9",
        V16x9 = "16:9",
        V4x3 = "4:3",
        V1x1 = "1:1",
        V3x4 = "3:4",
        V9x16 = "9:16",
    }

    /// Resolution tier.
    pub enum Seedance2Resolution {
        V480p = "480p",
        V720p = "720p",
        V1080p = "1080p",
    }

    /// Who plans the shots.
    pub enum ShotType {
        Customize = "customize",
        Intelligent = "intelligent",
    }

    /// Status of a request.
    pub enum Status {
        InQueue = "IN_QUEUE",
        InProgress = "IN_PROGRESS",
        Completed = "COMPLETED",
    }

    /// Length of a Veo video.
    pub enum VeoDuration {
        V4s = "4s",
        V6s = "6s",
        V8s = "8s",
    }

    /// Aspect ratio.
    pub enum VeoImageRatio {
        Auto = "auto",
        V16x9 = "16:9",
        V9x16 = "9:16",
    }

    /// Aspect ratio.
    pub enum VeoRatio {
        V16x9 = "16:9",
        V9x16 = "9:16",
    }

    /// Resolution tier.
    pub enum VeoResolution {
        V720p = "720p",
        V1080p = "1080p",
        V4k = "4k",
    }

    /// How a request ended.
    pub enum WebhookStatus {
        Ok = "OK",
        Error = "ERROR",
    }
}
